/** `local`: files up to 2000 MB and `file://` paths; `cloud`: 50 MB, and downloads up to 20 MB. */
export type ServerMode = 'local' | 'cloud'
