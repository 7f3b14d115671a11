#!/usr/bin/env bash
# A real Slurm on this one machine, for tests: munged, slurmctld and a slurmd for each node, all below one folder. It needs
# to be root, and no systemd, user, cgroups or database.
#   slurm.sh start FOLDER PORT    prints the lines to eval: PATH, SLURM_CONF, LD_LIBRARY_PATH; exits with 77, and a reason,
#                                 where Slurm can't be had; PORT and the two after it are its own
#                                 (munge wants others to have access to all folders above FOLDER, as they have to /tmp)
#   slurm.sh stop FOLDER          ends the jobs and the daemons, and removes the folder
# Where Slurm isn't installed, Debian's packages are unpacked once into SLURM_PACKAGES (14 MB), and nothing is installed.
set -euo pipefail
here=${2:?a folder} port=${3:-0}
root=${SLURM_PACKAGES:-/tmp/slurm-packages-$(id -u)}
packages=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge libmunge2 libhwloc15 liblua5.1-0)
triple=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch 2>/dev/null || echo "$(uname -m)-linux-gnu")
if [ -x /usr/sbin/slurmctld ] && [ -x /usr/sbin/munged ]; then root=; fi
sbin=$root/usr/sbin plugins=$root/usr/lib/$triple/slurm-wlm

refuse() { echo "$1" >&2; exit 77; }

unpack() {
  [ -z "$root" ] || [ -e "$root/whole" ] && return
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || refuse "Slurm is not installed, and there is no apt-get"
  mkdir -p "$root/debs"
  (cd "$root/debs" && apt-get download -qq "${packages[@]}" >/dev/null 2>&1) || refuse "Debian's packages of Slurm can't be fetched"
  for deb in "$root"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done
  # As update-alternatives would: called slurmd-wlm, the daemon forgets its GRES.
  for name in slurmd slurmstepd slurmctld; do ln -sf "$name-wlm" "$sbin/$name"; done
  touch "$root/whole"
}

environment() {
  echo "export SLURM_CONF=$here/slurm.conf"
  if [ -n "$root" ]; then echo "export PATH=$root/usr/bin:$sbin:\$PATH LD_LIBRARY_PATH=$root/usr/lib/$triple:$plugins"; fi
}

configure() {
  local host; host=$(hostname -s)
  mkdir -p "$here"/{munge,state,log,spool-n1,spool-n2}
  chmod 0755 "$here" "$here/munge"
  (umask 0377 && head -c 1024 /dev/urandom >"$here/munge/key")
  cat >"$here/slurm.conf" <<CONF
ClusterName=here
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$here/munge/socket,cred_expire=5
PluginDir=$plugins
StateSaveLocation=$here/state
SlurmdSpoolDir=$here/spool-%n
SlurmctldPidFile=$here/slurmctld.pid
SlurmdPidFile=$here/slurmd-%n.pid
SlurmctldLogFile=$here/log/slurmctld
SlurmdLogFile=$here/log/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
MailProg=/bin/true
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=5
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SlurmdParameters=config_overrides
ReturnToService=2
JobRequeue=1
KillWait=10
SlurmctldTimeout=30
SlurmdTimeout=30
MinJobAge=600
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=1 RealMemory=4000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=1 RealMemory=4000
PartitionName=main Nodes=ALL Default=YES MaxTime=60 DefaultTime=10 PriorityTier=1
PartitionName=urgent Nodes=ALL MaxTime=60 DefaultTime=10 PriorityTier=2 PreemptMode=OFF
CONF
}

alive() { [ -s "$1" ] && grep -qs '^State:\s*[^ZX]' "/proc/$(cat "$1")/status"; } # a zombie is not

background() { # name, command …
  local name=$1; shift
  setsid nohup "$@" >"$here/log/$name.out" 2>&1 </dev/null &
  echo $! >"$here/$name.daemon"
}

start() {
  [ "$(id -u)" = 0 ] || refuse "a Slurm of the tests' own needs root"
  unpack
  configure
  eval "$(environment)"
  background munged "$sbin/munged" --foreground --num-threads 2 --key-file "$here/munge/key" --socket "$here/munge/socket" \
    --pid-file "$here/munge/pid" --log-file "$here/munge/log" --seed-file "$here/munge/seed"
  for _ in $(seq 50); do [ -S "$here/munge/socket" ] && break; sleep 0.1; done
  [ -S "$here/munge/socket" ] || { cat "$here/log/munged.out" >&2; stop; return 1; }
  background slurmctld "$sbin/slurmctld" -D -f "$SLURM_CONF"
  for node in n1 n2; do background "slurmd-$node" "$sbin/slurmd" -D -N "$node" -f "$SLURM_CONF" -d "$sbin/slurmstepd"; done
  for _ in $(seq 150); do
    [ "$(sinfo -hN -p main -t idle -o %N 2>/dev/null | wc -l)" = 2 ] && { environment; return; }
    sleep 0.2
  done
  tail -n 5 "$here"/log/* >&2
  stop
  return 1
}

stop() {
  [ -f "$here/slurm.conf" ] || return 0 # not a folder of ours
  eval "$(environment)"
  scancel --full --user="$(id -un)" 2>/dev/null || true
  for _ in $(seq 50); do [ -z "$(squeue -h 2>/dev/null)" ] && break; sleep 0.2; done
  for file in "$here"/slurmd-*.daemon "$here"/slurmctld.daemon "$here"/munged.daemon; do
    alive "$file" || continue
    kill "$(cat "$file")"
    for _ in $(seq 50); do alive "$file" || break; sleep 0.1; done
    if alive "$file"; then kill -9 "$(cat "$file")"; fi
  done
  rm -rf "$here"
}

case ${1:-} in start | stop) "$1" ;; *) sed -n 2,9p "$0" >&2; exit 2 ;; esac
