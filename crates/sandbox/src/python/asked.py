import json, os, sys, sysconfig
try:
    import numpy
    numpy = numpy.__version__
except Exception:
    numpy = None
roots = {os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)}
def own(path):
    real = os.path.realpath(path)
    return any(real.startswith(os.path.join(root, "")) for root in roots)
paths = [p for p in sys.path if p] + [os.path.join(sys.prefix, "pyvenv.cfg")]
if sysconfig.get_config_var("Py_ENABLE_SHARED"):
    paths.append(sysconfig.get_config_var("LIBDIR") or "")
print(json.dumps({
    "version": " ".join(("Python " + sys.version).split()),
    "numpy": numpy,
    # Without a search path it does not know where it is.
    "executable": sys.executable or os.path.realpath("/proc/self/exe"),
    "number": sys.version_info[:2],
    "search": [p for p in sys.path if p],
    "folders": [p for p in paths if p and own(p) and os.path.exists(p)],
}))
