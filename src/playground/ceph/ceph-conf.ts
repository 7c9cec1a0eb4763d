/** The configuration of a cluster of one, which keeps a single copy of everything. */
export const cephConf = ({ dir, fsid, monPort }: { dir: string; fsid: string; monPort: number }) => `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monPort}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${dir}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
run dir = ${dir}/run
log file = ${dir}/$name.log
admin socket = ${dir}/run/$name.asok
pid file = ${dir}/run/$name.pid

[mon.a]
mon data = ${dir}/mon

[osd.0]
osd data = ${dir}/osd
osd objectstore = memstore
memstore device bytes = 2147483648

[client.admin]
rgw data = ${dir}/rgw
rgw enable usage log = false
rgw lc debug interval = 5
`
