"""resident.py TOOL REHEARSALS FOLDER: yt-dlp, imported once, with a forked child for every run.

Started by `start-resident.ts` with the interpreter of TOOL (yt-dlp's own program). REHEARSALS (JSON) are command lines
that reach no network; they make it import what runs need, and leave what they fetch in TMPDIR/FOLDER, which whoever
started it removes. When it is warm it listens, and prints one JSON line: where, a token that proves who answers there, and the
version.

Each connection has a process of its own, the leader (`leader.py`). It says hello, reads one JSON line (the token, the
arguments, the folder, the file limit), forks the runner, which is yt-dlp's command line to the letter, and passes on
what that prints. Whatever a run does stays in the runner; when the connection ends, or the run does, the leader kills
all that the run has started. Frames: a type byte, the length (4 bytes, big-endian), the payload.
"""

import functools
import gc
import importlib
import json
import os
import resource
import runpy
import secrets
import select
import signal
import socket
import struct
import sys
import threading
import zipfile

# Python puts the folder of a program first, unless the program's first line forbids it: then TOOL's is not there too.
takes_folder = not (sys.flags.isolated or getattr(sys.flags, 'safe_path', False))
if not takes_folder:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# Our folder is not the place for what Python keeps of its modules.
sys.dont_write_bytecode, kept = True, sys.dont_write_bytecode
from leader import lead, run_main  # noqa: E402

sys.dont_write_bytecode = kept
del sys.path[0]

PATTERN_PROBE = 'http://nowhere.invalid/'
# Between two extractors: nobody waits for them, and others need the processor.
UNHURRIED_SECONDS = 0.01


def import_tool(path):
    """Imports yt_dlp from where TOOL itself would: without its `__main__` guard being true, that is all it does."""
    if zipfile.is_zipfile(path):
        sys.path.insert(0, path)
    elif takes_folder:
        sys.path.insert(0, os.path.dirname(path))
    sys.argv = [path]
    runpy.run_path(path, run_name='clipferry')
    return importlib.import_module('yt_dlp')


def share_certificates():
    """Reading the machine's certificates is a fifth of a short run, and the same for all: children get them read."""
    try:
        common = importlib.import_module('yt_dlp.networking.common')
        common.make_ssl_context = functools.lru_cache(common.make_ssl_context)
    except (ImportError, AttributeError):
        pass


def rehearse(yt_dlp, rehearsals):
    """Runs command lines with their output thrown away; how they end does not matter."""
    streams = sys.stdout, sys.stderr
    with open(os.devnull, 'w') as nowhere:
        sys.stdout = sys.stderr = nowhere
        try:
            for argv in rehearsals:
                run_main(yt_dlp, argv)
        finally:
            sys.stdout, sys.stderr = streams


def settle():
    """What is there by now stays in memory that the children share."""
    gc.collect()
    gc.freeze()


def serve(yt_dlp, listener, token, extractors):
    """Forks a leader for each connection; imports the extractors themselves while nobody asks."""
    # The end of a leader is no news.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        if extractors and not select.select([listener], [], [], UNHURRIED_SECONDS)[0]:
            try:
                importlib.import_module(extractors.pop(0))
            except Exception:
                pass
            if not extractors:
                settle()
            continue
        connection, _ = listener.accept()
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize('3i'))
        if struct.unpack('3i', credentials)[1] == os.getuid() and os.fork() == 0:
            try:
                listener.close()
                lead(yt_dlp, connection, token)
            finally:
                os._exit(0)
        connection.close()


def main():
    tool, rehearsals, folder = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    yt_dlp = import_tool(os.path.realpath(tool))
    extractors = []
    for extractor in importlib.import_module('yt_dlp.extractor').gen_extractor_classes():
        try:
            extractor._match_valid_url(PATTERN_PROBE)
        except Exception:
            pass
        module = getattr(extractor, '_module', None)
        if module:
            extractors.append(module)
    share_certificates()
    os.chdir(os.path.join(os.environ['TMPDIR'], folder))
    rehearse(yt_dlp, rehearsals)
    os.chdir('/')
    if threading.active_count() > 1:
        sys.exit('a thread is left, and would not be there in a child')
    token = secrets.token_hex(16)
    # An address without a file: nothing is left when we are killed. Of full length: then nobody pads it.
    address = '\0' + ('clipferry-' + secrets.token_hex(64))[:107]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(128)
    settle()
    ready = {
        'address': address,
        'token': token,
        'version': yt_dlp.version.__version__,
    }
    print(json.dumps(ready), flush=True)
    serve(yt_dlp, listener, token, extractors)


main()
