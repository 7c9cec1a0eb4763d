"""The processes of one run: the leader talks to the worker, the runner is yt-dlp. See `resident.py`."""

import ctypes
import hashlib
import json
import os
import resource
import secrets
import select
import signal
import struct
import sys
import tempfile
import traceback

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
CHUNK_BYTES = 65536
prctl = ctypes.CDLL(None).prctl


def frame(kind, payload):
    return kind + struct.pack('>I', len(payload)) + payload


def lead(yt_dlp, connection, token):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Outlives the resident process, and is given whatever a dead runner leaves behind.
    os.setpgid(0, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    # Shows that we know the token, and does not tell it.
    connection.sendall(frame(b'h', hashlib.sha256(token.encode()).digest()))
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


def choose_browser(utils):
    """yt-dlp picks the browser that it says it is at its import; here each run picks its own, as by itself."""
    choose = getattr(getattr(utils, 'networking', utils), 'random_user_agent', None)
    headers = getattr(utils, 'std_headers', {})
    if choose and 'User-Agent' in headers:
        headers['User-Agent'] = choose()


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
        choose_browser(yt_dlp.utils)
        code = run_main(yt_dlp, request['argv'])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


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
