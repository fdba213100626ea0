"""Two cells that share a state of every awkward kind, and whether the state may be kept between them."""

from __future__ import annotations

from dataclasses import dataclass

SNAPSHOT = ""
"""The state is kept, and the second cell goes on from it."""


@dataclass(frozen=True)
class Case:
    """A state that the first cell makes and the second uses."""

    name: str
    first: str
    second: str
    refused: str = SNAPSHOT
    """A part of the reason why the state cannot be kept."""
    again: bool = True
    """The state may be taken up again; False where the second cell changes files on which it rests."""
    train: bool = False


def _case(name: str, first: str, second: str, refused: str = "", again: bool = True, train: bool = False) -> Case:
    return Case(name, first.strip(), second.strip(), refused, again, train)


_THREADS, _CHILDREN, _PIPE = "threads are running", "child processes are running", "pipe or socket"
_LOOKS, _SHARED, _WRITING = "looks at its process", "memory is shared", "open for writing"

ALIASES = [
    _case("tensor views", "import torch\nx=torch.zeros(4); v=x[1:3]", "v+=1; print(x, v._base is x)"),
    _case("array views", "import numpy as np\nx=np.zeros(4); v=x[::2]", "v+=1; print(x, v.base is x)"),
    _case("array and tensor", "import torch\nt=torch.zeros(3); a=t.numpy()", "a[0]=5; t[1]=7; print(t, a)"),
    _case("one list, two names", "a=b=[1]", "a.append(2); print(b, a is b)"),
    _case(
        "closures",
        "def make():\n  n=0\n  def up():\n    nonlocal n; n+=1\n  return up, lambda: n\nup, get = make()",
        "up(); up(); print(get())",
    ),
    _case("globals of functions", "lr=1\ndef f(): return lr", "lr=2; print(f())"),
    _case(
        "weak reference", "import weakref\nclass A: pass\na=A(); r=weakref.ref(a)", "print(r() is a); del a; print(r())"
    ),
    _case(
        "lru_cache",
        "from functools import lru_cache\n@lru_cache\ndef f(n): print('run', n); return n\nf(1)",
        "f(1); f(2); print(f.cache_info())",
    ),
    _case("id as key", "x=[1]; d={id(x): 'x'}", "print(d[id(x)])"),
    _case(
        "kept exception",
        "try:\n  1/0\nexcept ZeroDivisionError as e: kept=e",
        "print(kept.__traceback__.tb_lineno - 100)",
    ),
    _case("module in a list", "import math\nmods=[math]; math.extra=3", "print(mods[0].extra, mods[0] is math)"),
    _case(
        "pickled class",
        "import pickle, dataclasses\n@dataclasses.dataclass\nclass P:\n  x: int\nb=pickle.dumps(P(3))",
        "print(pickle.loads(b) == P(3))",
    ),
    _case("unbounded", "d={}; d['me']=d", "print(d['me'] is d)"),
]
GENERATORS = [
    _case("generator", "g=(n*n for n in range(9)); print(next(g), next(g))", "print(list(g))"),
    _case("iterator", "i=iter([1,2,3]); next(i)", "print(list(i))"),
    _case(
        "loader",
        "import torch\nfrom torch.utils.data import DataLoader\nit=iter(DataLoader(range(8), 2, shuffle=True))\n"
        "print(next(it))",
        "print(list(it))",
    ),
    _case(
        "exit stack", "import contextlib, decimal\ns=contextlib.ExitStack(); s.callback(print, 'closed')", "s.close()"
    ),
    _case("loop", "import asyncio\nawait asyncio.sleep(0)\nprint(1)", "await asyncio.sleep(0)\nprint(2)", "is open"),
    _case("context variable", "import contextvars\nv=contextvars.ContextVar('v'); t=v.set(4)", "print(v.get())"),
]
RANDOM = [
    _case("random", "import random\nrandom.gauss(0, 1)", "print(random.gauss(0, 1), random.random())"),
    _case("random of one's own", "import random\nr=random.Random(4); r.random()", "print(r.random())"),
    _case("numpy legacy", "import numpy as np\nnp.random.randn()", "print(np.random.randn(2))"),
    _case("numpy generator", "import numpy as np\nr=np.random.default_rng(1); r.random()", "print(r.random())"),
    _case(
        "seed sequence", "import numpy as np\ns=np.random.SeedSequence(3); s.spawn(2)", "print(s.spawn(1)[0].spawn_key)"
    ),
    _case("torch", "import torch\ntorch.manual_seed(3); torch.rand(1)", "print(torch.rand(2))"),
    _case(
        "torch generator",
        "import torch\ng=torch.Generator().manual_seed(3); torch.rand(1, generator=g)",
        "print(torch.rand(2, generator=g), torch.rand(1))",
    ),
]
TRAINING = [
    _case(
        "backward",
        "import torch\nw=torch.ones(3, requires_grad=True)\nloss=(w**2).sum()",
        "loss.backward(); print(w.grad)",
    ),
    _case(
        "retained graph",
        "import torch\nw=torch.ones(2, requires_grad=True); y=(w**3).sum()\ny.backward(retain_graph=True)",
        "y.backward(); print(w.grad)",
    ),
    _case(
        "create_graph",
        "import torch\nw=torch.ones(2, requires_grad=True); g,=torch.autograd.grad((w**3).sum(), w, create_graph=True)",
        "print(torch.autograd.grad(g.sum(), w))",
    ),
    _case(
        "own function",
        "import torch\nclass F(torch.autograd.Function):\n  @staticmethod\n  def forward(ctx, x):\n"
        "    ctx.save_for_backward(x); return x*2\n"
        "  @staticmethod\n  def backward(ctx, g): return g*5*ctx.saved_tensors[0]\n"
        "w=torch.ones(2, requires_grad=True); y=F.apply(w).sum()",
        "y.backward(); print(w.grad)",
    ),
    _case(
        "checkpointing",
        "import torch\nfrom torch.utils.checkpoint import checkpoint\nw=torch.ones(2, requires_grad=True)\n"
        "y=checkpoint(lambda a: torch.dropout(a*2, 0.5, True), w, use_reentrant=False).sum()",
        "y.backward(); print(w.grad)",
    ),
    _case(
        "tensor hook",
        "import torch\nw=torch.ones(2, requires_grad=True); h=w.register_hook(lambda g: g*10)",
        "w.sum().backward(); print(w.grad)",
    ),
    _case(
        "module hooks",
        "import torch\nm=torch.nn.Linear(2,1); m.register_forward_pre_hook(lambda m, a: print('pre'))\n"
        "h=m.register_forward_hook(lambda *a: print('post'))",
        "m(torch.ones(2)); h.remove(); m(torch.ones(2));",
    ),
    _case(
        "parametrization",
        "import torch\nfrom torch.nn.utils import parametrizations as p\nm=p.spectral_norm(torch.nn.Linear(2,2))",
        "print(m(torch.ones(2)), m.weight)",
    ),
    _case(
        "optimizer",
        "import torch\nm=torch.nn.Linear(2,1); o=torch.optim.Adam(m.parameters(), lr=.1)\n"
        "s=torch.optim.lr_scheduler.StepLR(o, 1)\ndef step():\n"
        "  o.zero_grad(); m(torch.ones(2)).backward(); o.step(); s.step()\nstep()",
        "step(); print(m.weight, o.param_groups[0]['params'][0] is m.weight, s.get_last_lr())",
    ),
    _case(
        "ema",
        "import torch, copy\nm=torch.nn.Linear(2,1); e=copy.deepcopy(m)",
        "print(torch.equal(e.weight, m.weight), e.weight is m.weight)",
    ),
    _case(
        "no grad",
        "import torch\ntorch.set_grad_enabled(False)",
        "print((torch.ones(1, requires_grad=True)*2).requires_grad)",
    ),
    _case(
        "inference mode", "import torch\nc=torch.inference_mode(); c.__enter__()", "print(torch.ones(1).is_inference())"
    ),
    _case(
        "default dtype",
        "import torch\ntorch.set_default_dtype(torch.float64); torch.set_printoptions(precision=2)",
        "print(torch.ones(1)/3)",
    ),
    _case("recorded function", "def train():\n  for i in range(4):\n    loss=1/(i+1)", "train()", train=True),
    _case("list of losses", "losses=[3.0, 2.0]", "losses.append(1.0)", train=True),
]
SETTINGS = [
    _case(
        "numpy options",
        "import numpy as np\nnp.set_printoptions(precision=2); np.seterr(divide='raise')",
        "print(np.ones(1)/3)\nnp.ones(1)/0",
    ),
    _case("rcParams", "import matplotlib.pyplot as plt\nplt.rcParams['lines.linewidth']=7", "plt.plot([1,2]);"),
    _case("axes", "import matplotlib.pyplot as plt\nfig, ax=plt.subplots(); ax.plot([1,2])", "ax.plot([2,1])\nfig"),
    _case("decimal", "import decimal\nc=decimal.getcontext(); c.prec=5", "print(decimal.Decimal(1)/3)"),
    _case("filters", "import warnings\nwarnings.simplefilter('error')", "warnings.warn('now an error')"),
    _case("warned once", "import warnings\ndef f(): warnings.warn('once')\nf()", "f(); print(1)"),
    _case(
        "logging", "import logging\nlogging.basicConfig(level='INFO', format='%(message)s')", "logging.info('there')"
    ),
    _case(
        "patches",
        "import builtins, sys, fractions\nbuiltins.twice=lambda x: 2*x; fractions.Fraction.x=1; sys.path.append('q')",
        "print(twice(2), fractions.Fraction(1).x, sys.path[-1])",
    ),
    _case(
        "replaced stdout",
        "import io, sys\nold=sys.stdout; sys.stdout=io.StringIO(); print('in')",
        "t=sys.stdout.getvalue(); sys.stdout=old; print(t)",
    ),
    _case(
        "handlers",
        "import signal\ngot=[]\nfor s in (signal.SIGUSR2, signal.SIGCHLD, signal.SIGTERM):\n"
        "  old=signal.signal(s, lambda n, f: got.append(n))",
        "signal.raise_signal(signal.SIGUSR2); signal.raise_signal(signal.SIGTERM); print(got)",
    ),
    _case("collector", "import gc\ngc.disable()", "print(gc.isenabled())"),
    _case("recursion", "import sys\nsys.setrecursionlimit(1234)", "print(sys.getrecursionlimit())"),
    _case(
        "folder",
        "import os\nos.makedirs('below', exist_ok=True); os.chdir('below'); os.environ['Q']='1'; os.umask(0o77)",
        "print(os.path.basename(os.getcwd()), os.environ['Q'], os.umask(0))",
    ),
    _case("future", "from __future__ import annotations", "def f(x: nowhere): pass\nprint(f.__annotations__)"),
    _case("updated display", "h=display('a', display_id='x')", "h.update('b')"),
    _case("failure below", "def f():\n  1/0", "f()"),
    _case("handlers at exit", "import atexit\natexit.register(print, 'never')", "print(1)"),
]
FILES = [
    _case("half read", "f=open('data.txt'); print(f.readline())", "print(f.readline())"),
    _case("half read, unbuffered", "f=open('data.txt','rb',0); print(f.read(2))", "print(f.read(2))"),
    _case(
        "open twice",
        "import os\nf=open('data.txt'); g=os.dup(f.fileno())",
        "print(os.read(g, 3), f.read())",
        "open twice",
    ),
    _case(
        "locked",
        "import fcntl\nf=open('data.txt'); fcntl.flock(f, fcntl.LOCK_EX)",
        "fcntl.flock(f, fcntl.LOCK_UN); print(1)",
        "locked",
    ),
    _case(
        "open for writing",
        "f=open('out.txt','w'); f.write('a')",
        "f.write('b'); f.close(); print(open('out.txt').read())",
        _WRITING,
    ),
    _case(
        "temporary file",
        "import tempfile\nf=tempfile.TemporaryFile(); f.write(b'a')",
        "f.seek(0); print(f.read())",
        _WRITING,
    ),
    _case(
        "named temporary file",
        "import tempfile\nf=tempfile.NamedTemporaryFile()",
        "f.write(b'a'); print(f.tell())",
        _WRITING,
    ),
    _case(
        "temporary folder",
        "import tempfile, os\nd=tempfile.mkdtemp()",
        "print(os.listdir(d)); open(d+'/a','w').close()",
        again=False,
    ),
    _case(
        "temporary file of a later cell",
        "import tempfile, os\np=os.path.join(tempfile.gettempdir(),'log')",
        "print(os.path.exists(p)); open(p,'a').close()",
        again=False,
    ),
    _case(
        "rewritten",
        "open('w.txt','w').write('1')",
        "print(open('w.txt').read()); open('w.txt','w').write('22')",
        again=False,
    ),
    _case(
        "rewritten by C",
        "import torch\ntorch.save(torch.ones(1),'w.pt')",
        "t=torch.load('w.pt'); print(t); torch.save(torch.cat([t,t]),'w.pt')",
        again=False,
    ),
    _case(
        "removed by a program",
        "import subprocess, os\nsubprocess.run(['rm','-f','gone.txt'])",
        "print(os.path.exists('gone.txt')); open('gone.txt','w').close()",
        again=False,
    ),
    _case(
        "emptied folder",
        "import shutil, os\nshutil.rmtree('made', ignore_errors=True); os.mkdir('made')",
        "print(os.listdir('made')); open('made/a','w').close()",
        again=False,
    ),
    _case(
        "database",
        "import sqlite3\nc=sqlite3.connect(':memory:'); c.execute('create table t(x)');",
        "c.execute('insert into t values (1)'); print(c.execute('select * from t').fetchall())",
    ),
    _case(
        "database file",
        "import sqlite3, os\nc=sqlite3.connect('d.db'); c.execute('create table if not exists t(x)');",
        "print(1)",
        _WRITING,
    ),
    _case(
        "memory map",
        "import numpy as np\nm=np.memmap('m.bin', dtype='u1', mode='w+', shape=4)",
        "m[0]+=1; print(m)",
        _SHARED,
    ),
    _case("folder handle", "import os\ni=os.open('.', os.O_RDONLY)", "print(len(os.listdir(i)) > 0)", "is open"),
    _case(
        "redirected",
        "import os\nn=os.open('/dev/null', os.O_WRONLY); os.dup2(n, 1)",
        "os.write(1, b'gone')\nprint(1)",
        "redirected",
    ),
]
PROCESSES = [
    _case("shared tensor", "import torch\nt=torch.ones(2).share_memory_()", "t+=1; print(t)", _SHARED),
    _case(
        "shared value",
        "import multiprocessing as mp\nv=mp.get_context('fork').Value('i', 1)",
        "v.value+=1; print(v.value)",
        _SHARED,
    ),
    _case(
        "thread",
        "import threading\ne=threading.Event(); t=threading.Thread(target=e.wait); t.start()",
        "e.set(); t.join(); print(1)",
        _THREADS,
    ),
    _case(
        "idle pool",
        "from concurrent.futures import ThreadPoolExecutor\np=ThreadPoolExecutor(1); p.submit(int).result()",
        "print(p.submit(int).result())",
        _THREADS,
    ),
    _case(
        "program",
        "import subprocess\np=subprocess.Popen(['cat'], stdin=subprocess.PIPE)",
        "p.communicate(b'hi')",
        _CHILDREN,
    ),
    _case("pipe", "import os\nr,w=os.pipe(); os.write(w,b'a')", "print(os.read(r,1))", _PIPE),
    _case("socket", "import socket\na,b=socket.socketpair(); a.send(b'x')", "print(b.recv(1))", _PIPE),
    _case("alarm", "import signal\nsignal.alarm(5000)", "print(signal.alarm(0) > 0)", "timer"),
    _case("process id", "import os\np=os.getpid()", "print(p == os.getpid())", _LOOKS),
    _case("own hook", "import os\nos.register_at_fork(after_in_child=lambda: print('child'))", "print(1)", _LOOKS),
    _case(
        "trace function",
        "import sys\nsys.setprofile(lambda *a: None)",
        "sys.setprofile(None); print(1)",
        "trace function",
    ),
    _case(
        "blocked signals",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])",
        "print(signal.pthread_sigmask(signal.SIG_BLOCK, []))",
        "signals are blocked",
    ),
]
CASES = [*ALIASES, *GENERATORS, *RANDOM, *TRAINING, *SETTINGS, *FILES, *PROCESSES]
