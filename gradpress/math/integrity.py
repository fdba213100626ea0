"""Hashes of published files: what a page may load, and what we unpack.

All were computed from the npm packages; `tests/test_mathjax.py` computes them again.
"""

from __future__ import annotations

INTEGRITY: dict[str, str] = {
    "mathjax@3.2.2/tex-chtml": "sha384-AHAnt9ZhGeHIrydA1Kp1L7FN+2UosbF7RQg6C+9Is/a7kDpQ1684C2iH2VWil6r4",
    "mathjax@3.2.2/tex-chtml-full": "sha384-NR8saakDju74wZ6sprPPhEoWbaP3iVtXVJH12mRSiaIgxMdi33mOQj8bnF2WxzY3",
    "mathjax@3.2.2/tex-svg": "sha384-KKWa9jJ1MZvssLeOoXG6FiOAZfAgmzsIIfw8BXwI9+kYm0lPCbC6yTQPBC00F1/L",
    "mathjax@3.2.2/tex-svg-full": "sha384-4kE/rQ11E8xT9QgrCBTyvenkuPfQo8rXYQvJZuMgxyPOoUfpatjQPlgdv6V5yhUK",
    "mathjax@3.2.2/tex-mml-chtml": "sha384-Wuix6BuhrWbjDBs24bXrjf4ZQ5aFeFWBuKkFekO2t8xFU0iNaLQfp2K6/1Nxveei",
    "mathjax@3.2.2/tex-mml-svg": "sha384-msWocAZtTDh+149KSxjbRTGVfGbDjiff/j0JX1iu/A/GxxTWSu6ozNemlfkag/8d",
    "mathjax@3.2.2/mml-chtml": "sha384-C6xWtIo2K3PlEfQex5pf97DoIlpWMC3FK5wx9TzT8+qYnxyShNhMExKuWrRrxCsR",
    "mathjax@3.2.2/mml-svg": "sha384-kkoXFFN06rfcCBVUx8N/0XkhSj4dHRE80KmwbWFtoXRerv+zIxhaaEDSEKTN9V1+",
    "mathjax@4.1.3/tex-chtml": "sha384-IgpmJyK7IVIVd18E1Ubslp9a1s6/6VBt9aJFbpzNIJPPMaxwEV7OxR/xY0hHbSck",
    "mathjax@4.1.3/tex-chtml-nofont": ("sha384-PnV2v1hB0n9/0Qxm9Z4Rn2xDmXbHONnV47DvSnmK6WaOiuNvRhZg6F6+LflhiqDw"),
    "mathjax@4.1.3/tex-svg": "sha384-my9P1jDckpHD+5LZsLQ0gaiCl/RMO32HaqwBtbo/25QIMVr6xXIUCg1jvdSRcvb4",
    "mathjax@4.1.3/tex-svg-nofont": "sha384-ixekusVpYTKB5OT+BNUavniMIYd04zVJuNKQi+mdY+lSmw80kQIB0vud317ZPNdi",
    "mathjax@4.1.3/tex-mml-chtml": "sha384-OrHfGTnIbkl0do3N76qW/uWr38o91N05sbSPuYBPLH+hG8X/dNSrjZf3AGjzrCwC",
    "mathjax@4.1.3/tex-mml-chtml-nofont": ("sha384-nBi80xmRsB+mUZPz2zY3iWl1n9Y9A7sfSDc+tO/6UnJbTw3Tk9F6XyGSJwCPC+6k"),
    "mathjax@4.1.3/tex-mml-svg": "sha384-ihXf2rm12dfUJnPDbd3s0wCaO1y2NlIGl/z0nFE2E34DQdncTh4uz72RpAs6sZg9",
    "mathjax@4.1.3/tex-mml-svg-nofont": ("sha384-8YhTTbbzVVVBY4fuVB9UMYqxZuSy72zbPEi5BEZHZhtO2rwsEQBg+V8Z2Rj9zHlz"),
    "mathjax@4.1.3/mml-chtml": "sha384-GYAeDZjH9w23NyL4cfS+ZrgWmGvta6VNs4p+/vtuF+RWe30fQhmP8pHbzRmlwmAK",
    "mathjax@4.1.3/mml-chtml-nofont": ("sha384-cM6iyWkVEp4dyz4g48wzimn/JV1NXButKJkmR2DQFhTMMXJsahcmFIISc4EPBe7Z"),
    "mathjax@4.1.3/mml-svg": "sha384-uvY8KEcD0H1LhvDdjOhlkkTymo1YLqc7lOBa/TqiYAip6TwXpvUkwBlxD3Txr1qe",
    "mathjax@4.1.3/mml-svg-nofont": "sha384-wzY2dfSu9BfLgcj7OwgvGBN2pIyebbC8Rm6uXMm+X3YYswWWUskm3+eS4JBEo7AW",
    "katex@0.19.1/dist/katex.min.js": ("sha384-a1WQdjRj162i159OYq041X6I4K8NenkrI09LlPmiHg0YOb7CR+wJOraXwK9abpnE"),
    "katex@0.19.1/dist/katex.min.css": ("sha384-WwGtaC6ywCHxA5cstpj/3+xIZvTez8dq2IcBQaXRkenHZ7FVVq1ZROtURwfbtTlG"),
}
"""`package@version/bundle` → subresource integrity of the script (of the file, for KaTeX)."""

LOCK: dict[str, str] = {
    "@mathjax/mathjax-mhchem-font-extension@4.1.3": (
        "sha512-WFx0IooitEJq1TXc9V941o8eaZdICSPn8FpsIBDdhkMhb0if61jCvk6vtQN84dlLnNEorK011NfpirMkHYygSQ=="
    ),
    "@mathjax/mathjax-newcm-font@4.1.3": (
        "sha512-gzAB3dFHilHX1l5x2xUqRL+1jDQt3Fyza1DkEMVXWC4E8SvsGdlgEza47HYi2WhVcgfkvf4zgUGzuhbq3Pjlew=="
    ),
    "katex@0.19.1": ("sha512-jG8uKntjSEcm2EpQOh0XturpPuuC9r3Sq5HLHdsFdWZT27E672SF19QEi+of0/YeOy15lDgRhKvr5614uRrEfA=="),
    "mathjax@3.2.2": (
        "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw=="
    ),
    "reveal.js@5.2.1": (
        "sha512-r7//6mIM5p34hFiDMvYfXgyjXqGRta+/psd9YtytsgRlrpRzFv4RbH76TXd2qD+7ZPZEbpBDhdRhJaFgfQ7zNQ=="
    ),
    "mathjax@4.1.3": (
        "sha512-BN/8Pkgn7G1pIDYJqd9md+JHsE/jydSYbyOZnSdSA0WziuVO8mRxdYiWFumkVVly/8U+hm9DpIIoWuvySverzw=="
    ),
    "mermaid@11.17.2": (
        "sha512-V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg=="
    ),
}
"""`package@version` → sha512 of the tarball, in the form of a lock file."""
