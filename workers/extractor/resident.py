"""resident.py TOOL: yt-dlp, imported once, with a forked child for every run.

Started by `start-resident.ts` with the interpreter of TOOL (yt-dlp's own program). The first line of its standard
input is JSON: `rehearsals`, command lines that reach no network; they make it import what runs need. When it is warm
it listens and prints one JSON line: where, a token that proves who answers there, and the version.

Each connection has a process of its own, the leader. It says hello, reads one JSON line (the token, the arguments,
the folder, the file limit), forks the runner, which is yt-dlp's command line to the letter, and passes on what that
prints. Whatever a run does stays in the runner; when the connection ends, or the run does, the leader kills all that
the run has started. Frames: a type byte, the length (4 bytes, big-endian), the payload.
"""

import ctypes
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
import tempfile
import threading
import traceback
import zipfile

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
CHUNK_BYTES = 65536
PATTERN_PROBE = 'http://nowhere.invalid/'
# Between two extractors: nobody waits for them, and others need the processor.
UNHURRIED_SECONDS = 0.01
prctl = ctypes.CDLL(None).prctl


def import_tool(path):
    """Imports yt_dlp from where TOOL itself would: without its `__main__` guard being true, that is all it does."""
    # As Python does for a program: the archive itself, or the folder of the script.
    sys.path[0] = path if zipfile.is_zipfile(path) else os.path.dirname(path)
    sys.argv = [path]
    runpy.run_path(path, run_name='clipferry')
    return importlib.import_module('yt_dlp')


def rehearse(yt_dlp, rehearsals):
    """Runs command lines with their output thrown away; how they end does not matter."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, 'w') as nowhere:
        os.chdir(folder)
        streams = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = nowhere
        try:
            for argv in rehearsals:
                run_main(yt_dlp, argv)
        finally:
            sys.stdout, sys.stderr = streams
            os.chdir(before)


def run_main(yt_dlp, argv):
    """The exit code that the interpreter would make of it."""
    sys.argv[1:] = argv
    try:
        yt_dlp.main()
        return 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 255
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1


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


def frame(kind, payload):
    return kind + struct.pack('>I', len(payload)) + payload


def lead(yt_dlp, connection, token):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Outlives the resident process, and is given whatever a dead runner leaves behind.
    os.setpgid(0, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    connection.sendall(frame(b'h', token.encode()))
    with connection.makefile('rb') as lines:
        request = json.loads(lines.readline())
    if not secrets.compare_digest(request['token'], token):
        return
    # The runner alone holds the other end of `life`: it closes when the runner ends.
    (out, out_in), (err, err_in), (life, life_in) = os.pipe(), os.pipe(), os.pipe()
    leader = os.getpid()
    runner = os.fork()
    if runner == 0:
        become_runner(yt_dlp, request, leader, out_in, err_in, life_in)
    for end in (out_in, err_in, life_in):
        os.close(end)
    try:
        os.setpgid(runner, runner)
    except OSError:
        pass
    connection.setblocking(False)
    pending = frame(b's', str(runner).encode())
    pending, wanted = relay(connection, pending, {out: b'o', err: b'e'}, life)
    code = end_of(runner)
    connection.setblocking(True)
    if wanted:
        # The pipes hold little: whoever wrote to them is dead.
        for pipe, kind in ((out, b'o'), (err, b'e')):
            while chunk := os.read(pipe, CHUNK_BYTES):
                pending += frame(kind, chunk)
    else:
        pending = b''
    connection.sendall(pending + frame(b'x', str(code).encode()))


def relay(connection, pending, pipes, life):
    """Passes on what the runner prints until it ends, or until nobody wants it any more."""
    open_pipes = dict(pipes)
    while True:
        waits_for = [connection, life] if pending else [connection, life, *open_pipes]
        readable, writable, _ = select.select(waits_for, [connection] if pending else [], [])
        if connection in readable and not hears(connection):
            return b'', False
        if writable:
            try:
                pending = pending[connection.send(pending):]
            except BlockingIOError:
                pass
            except OSError:
                return b'', False
        for pipe in [one for one in open_pipes if one in readable]:
            chunk = os.read(pipe, CHUNK_BYTES)
            if chunk:
                pending += frame(open_pipes[pipe], chunk)
            else:
                del open_pipes[pipe]
        if life in readable:
            return pending, True


def hears(connection):
    try:
        return connection.recv(CHUNK_BYTES) != b''
    except BlockingIOError:
        return True
    except OSError:
        return False


def end_of(runner):
    """Kills the runner with all it started. Its exit code is the one that a shell would tell."""
    code = None
    while True:
        for pid in [-runner, *children()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return code
        if pid == runner:
            code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def children():
    """Whoever left the group of the runner; the kernel may not tell."""
    try:
        with open(f'/proc/self/task/{os.getpid()}/children') as pids:
            return [int(pid) for pid in pids.read().split()]
    except OSError:
        return []


def become_runner(yt_dlp, request, leader, out, err, life):
    code = 1
    try:
        os.setpgid(0, 0)
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != leader:
            return
        for end, place in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
            os.dup2(end, place)
        # Not inherited by what it starts.
        for end in (int(name) for name in os.listdir('/proc/self/fd')):
            if end > 2 and end != life:
                try:
                    os.close(end)
                except OSError:
                    pass
        limit = request['maxFileBytes']
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        os.chdir(request['dir'])
        os.environ['TMPDIR'] = request['dir']
        tempfile.tempdir = None
        headers = getattr(yt_dlp.utils, 'std_headers', {})
        if 'User-Agent' in headers:
            headers['User-Agent'] = yt_dlp.utils.networking.random_user_agent()
        code = run_main(yt_dlp, request['argv'])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def main():
    rehearsals = json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    yt_dlp = import_tool(os.path.realpath(sys.argv[1]))
    extractors = []
    for extractor in importlib.import_module('yt_dlp.extractor').gen_extractor_classes():
        try:
            extractor._match_valid_url(PATTERN_PROBE)
        except Exception:
            pass
        module = getattr(extractor, '_module', None)
        if module:
            extractors.append(module)
    rehearse(yt_dlp, rehearsals)
    if threading.active_count() > 1:
        sys.exit('a thread is left, and would not be there in a child')
    token = secrets.token_hex(16)
    # An address without a file: nothing is left when we are killed. Of full length, so that it ends the same for everybody.
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
