const LOOK_EVERY_MS = 300

/**
 * Calls `stop` when this process is to end: by INT, TERM or HUP, or because the shell in which npm runs a script is
 * gone. When npm itself is told to end, it passes that on to the shell only, which does not pass it on to us.
 * @returns to be called when nobody has to listen any more
 */
export function onStopRequest(stop: (signal: NodeJS.Signals) => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    stop('SIGTERM')
  }, LOOK_EVERY_MS).unref()
  if (process.env.npm_lifecycle_event === undefined) clearInterval(look)
  return () => {
    clearInterval(look)
    for (const signal of signals) process.off(signal, stop)
  }
}
