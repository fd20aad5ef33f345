# Each of these must fail. What is tried is harmless where it succeeds.
import os, sys
parent = int(sys.stdin.read())

def file():
    open("/etc/passwd", "rb").read(1)
def folder():
    os.listdir("/var")
def keys():
    open("/proc/%d/environ" % parent, "rb").read(1)
def write():
    name = "/tmp/thinkmeter-probe-%d" % os.getpid()
    open(name, "w").close()
    os.unlink(name)
def link():
    name = "/tmp/thinkmeter-probe-%d" % os.getpid()
    os.symlink("/etc/passwd", name)
    os.unlink(name)
def internet():
    import socket
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
def local():
    import socket
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()
def process():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
def other():
    # The test whether a file can be executed at all, and no start of it: that would be the end of the probe.
    os.posix_spawn("/bin/sh", ["sh", "-c", "exit"], {})
def signal():
    os.kill(parent, 0)
def limits():
    import resource
    resource.prlimit(parent, resource.RLIMIT_CORE)

found = []
for name, attack in (
    ("reads files", file), ("lists folders", folder), ("reads another program's environment", keys),
    ("writes files", write), ("makes links", link), ("reaches the network", internet),
    ("reaches other programs by sockets", local), ("starts processes", process), ("starts other programs", other),
    ("sends signals to others", signal), ("reads other programs' limits", limits),
):
    try:
        attack()
        found.append((name, None))
    except OSError as error:
        found.append((name, error.strerror or type(error).__name__))
    except Exception as error:
        found.append((name, "%s: %s" % (type(error).__name__, error)))

def text(value):
    return "null" if value is None else '"%s"' % value.replace("\\", "/").replace('"', "'")
sys.stdout.write("[" + ", ".join('{"name": %s, "refused": %s}' % (text(n), text(r)) for n, r in found) + "]")
