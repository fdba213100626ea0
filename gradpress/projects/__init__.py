"""Sites of other programs that have no `gradpress.yml`: their own files say what it would."""
