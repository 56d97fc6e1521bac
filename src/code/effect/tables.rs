//! What is known of programs: what they always do, what their verbs and options do (`verbs.txt`), and
//! which run another.
//!
//! All lists are words parted by spaces. A program that stands nowhere is not known.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::code::command::Word;
use crate::code::effect::Effect::{self, Changes, Deletes, Reads};

/// Programs that only read or print, or that change nothing beyond the shell they run in.
const READS: &str = "ls ll cat zcat zless tac head tail less more grep egrep fgrep zgrep rg ag ack awk gawk \
    mawk cut sort uniq wc tr column paste join comm diff cmp nl fold rev fmt od xxd hexdump \
    strings file stat du df free top htop atop iotop iftop nethogs vmstat iostat mpstat \
    pidstat sar dstat uptime w who whoami id groups last lastlog lsof ps pstree pgrep pidof \
    pmap netstat ss ping ping6 mtr traceroute tracepath dig nslookup host whois tcpdump \
    tshark ngrep arp lscpu lsblk lspci lsmod lsusb lshw dmidecode blkid findmnt uname arch \
    getent locale nproc printenv pwd cd pushd popd dirs echo printf true false : test [ \
    export unset alias set read type which whereis hash history jobs wait sleep exit return \
    shift local declare readonly typeset let trap umask ulimit break continue getopts clear \
    tput basename dirname realpath readlink seq expr bc jq gron xmllint md5sum sha1sum \
    sha256sum sha512sum cksum b2sum base64 getfacl lsattr getcap man help info apropos tree \
    openssl nm ldd objdump readelf ltrace perf bpftrace jstack jmap jstat jps py-spy rbspy \
    promtool logcli lvs vgs pvs lvdisplay vgdisplay pvdisplay lvscan vgscan pvscan smartctl \
    sensors ipcs numastat pg_dump pg_dumpall pg_isready pg_controldata pg_test_fsync \
    mysqldump mongodump mongostat mongotop pgbadger pt-query-digest pg_activity dpkg-query \
    apt-cache repoquery apt-show-versions ausearch aureport needs-restarting numfmt stern \
    kubectx kubens kube-capacity kubent iperf iperf3 showmount rpcinfo nfsstat faillog lastb \
    mailq postqueue sslscan testssl.sh nmap fping httping pg_waldump slabtop blktrace \
    biosnoop opensnoop execsnoop tcplife cachestat inotifywait zdiff bzcat xzcat lz4cat \
    zstdcat pv locate mdfind dmesg journalctl coredumpctl vdir dir \
    nvidia-smi rocm-smi uuidgen json_pp mktemp diff3 sdiff strace yq deborphan";

/// Programs that change something whatever their options are.
const CHANGES: &str = "ln install chmod chown chgrp chattr setfacl setcap kill pkill killall killall5 renice \
    taskset reboot shutdown halt poweroff init telinit umount swapon swapoff useradd adduser \
    usermod passwd chpasswd groupadd addgroup groupmod gpasswd chsh chage visudo vipw mkswap \
    fsck e2fsck xfs_repair resize2fs xfs_growfs tune2fs lvcreate lvextend lvresize lvreduce \
    lvchange lvconvert lvrename vgcreate vgextend vgchange vgreduce pvcreate pvresize pvmove \
    pvchange growpart partprobe modprobe insmod depmod update-grub grub2-mkconfig ldconfig \
    update-alternatives alternatives dpkg-reconfigure update-ca-certificates update-ca-trust \
    setenforce setsebool restorecon semanage chcon ifup ifdown chef-client cloud-init \
    pg_restore mysql_upgrade mongorestore mysqlimport mongoimport createdb createuser \
    pg_basebackup pg_rewind pg_resetwal pg_resetxlog pg_upgrade initdb reindexdb vacuumdb \
    clusterdb pg_repack gitlab-pgrepack anacron logger wall mail sendmail mutt sendEmail \
    ssh-copy-id unattended-upgrade do-release-upgrade kexec certbot newaliases postmap \
    makemap update-rc.d insserv pgbench setfattr add-apt-repository apt-key update-initramfs \
    dracut mkinitrd grub-install efibootmgr logrotate ntpdate hwclock patch at netplan \
    chef-solo rmmod";

/// Programs that delete whatever their options are.
const DELETES: &str = "rmdir unlink shred wipe srm truncate mkfs mke2fs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs \
    mkfs.btrfs mkfs.vfat blkdiscard userdel deluser groupdel delgroup lvremove vgremove \
    pvremove dropdb dropuser ipcrm atrm pg_archivecleanup";

/// Programs that [`crate::code::effect::programs`] judges in a way of their own.
const SPECIAL: &str = "ansible ansible-playbook ash aws az bash bq bundle clickhouse-client cp cqlsh curl dash \
    dd eval find gcloud gitlab-psql gitlab-redis-cli gsed gsutil hostname http https \
    ifconfig ksh mariadb mkdir mosh mv mysql psql redis-cli rm route rsync runuser salt scp \
    sed sh socat sqlite3 ssh su tar tee touch wget zsh nc ncat";

/// Programs that are known, but touch the reader's own files only or ask what to do: no effect on
/// production can be told.
const UNTOLD: &str = "vi vim nano emacs code gzip gunzip bzip2 xz unzip zip 7z zstd gpg ssh-keygen ssh-add \
    ssh-agent ssh-keyscan python python2 python3 ruby node perl php java mongo mongosh irb \
    rails source . make sftp ftp brew telnet gdb k9s jcmd grpcurl wscat";

/// What an option makes of a program.
struct Flag {
    programs: &'static str,
    /// The verb with which it means this, or nothing for any.
    verb: &'static str,
    options: &'static str,
    effect: Option<Effect>,
}

const fn flag(
    programs: &'static str,
    verb: &'static str,
    options: &'static str,
    effect: Effect,
) -> Flag {
    Flag { programs, verb, options, effect: Some(effect) }
}

/// The first row that fits decides.
static FLAGS: [Flag; 44] = [
    flag("kubectl oc k", "replace", "--force", Deletes),
    flag("kubectl oc k", "apply", "--prune", Deletes),
    flag("kubectl oc k", "config", "delete-context delete-cluster delete-user", Changes),
    flag("kubectl oc k", "taint label annotate set", "--list", Reads),
    flag("git", "push", "-n --dry-run", Reads),
    flag("git", "push", "-f --force --force-with-lease -d --delete --mirror --prune", Deletes),
    flag("git", "reset", "--hard", Deletes),
    flag("git", "clean", "-n --dry-run", Reads),
    flag("git", "stash", "drop clear", Deletes),
    flag("git", "reflog", "expire delete", Deletes),
    flag("terraform tofu terragrunt tf", "apply", "-destroy --destroy", Deletes),
    flag("nomad", "stop job/stop", "-purge", Deletes),
    flag("docker podman docker-compose", "compose/down down", "-v --volumes --rmi", Deletes),
    flag("helm", "rollback upgrade install uninstall delete", "--dry-run", Reads),
    flag("sed gsed perl", "", "-i --in-place", Changes),
    flag("yq", "", "-i --inplace --in-place", Changes),
    flag("dmesg", "", "-c -C --clear --read-clear", Deletes),
    flag("journalctl", "", "--vacuum-size --vacuum-time --vacuum-files", Deletes),
    flag("journalctl", "", "--rotate --flush --sync", Changes),
    flag("fsck e2fsck xfs_repair", "", "-n -N", Reads),
    flag("kubectl oc k", "adm/upgrade", "--to --to-latest --to-image --clear", Changes),
    flag("apt apt-get", "", "-s --simulate", Reads),
    flag("smartctl", "", "-t --test -s -X", Changes),
    flag("ss", "", "-K --kill", Changes),
    flag("arp", "", "-d --delete", Deletes),
    flag("postqueue", "", "-f -i", Changes),
    flag("ldconfig", "", "-p --print-cache", Reads),
    flag("hwclock", "", "-r --show", Reads),
    flag("ntpdate", "", "-q", Reads),
    flag("kill", "", "-0", Reads),
    flag("swapon", "", "-s --show --summary", Reads),
    flag("chage", "", "-l --list", Reads),
    flag("certbot", "", "certificates --dry-run", Reads),
    flag("certbot", "", "delete revoke", Deletes),
    flag("logrotate", "", "-d --debug", Reads),
    flag("chef-client", "", "-W --why-run", Reads),
    flag("pg_repack gitlab-pgrepack", "", "--dry-run", Reads),
    flag("pg_repack gitlab-pgrepack", "", "-N", Reads),
    flag("passwd", "", "-S --status", Reads),
    flag("visudo", "", "-c --check", Reads),
    flag("tune2fs", "", "-l", Reads),
    flag("alternatives update-alternatives", "", "--display --list --query", Reads),
    flag("alternatives update-alternatives", "", "--remove --remove-all", Deletes),
    flag("gzip gunzip unzip zip", "", "-l -t -c --list --test --stdout", Reads),
];

/// A program whose arguments are another command.
#[derive(Debug)]
pub(in crate::code) struct Wrapper {
    names: &'static str,
    /// Options whose value is a word of its own.
    options: &'static str,
    /// Words before the command: one for the seconds of `timeout`.
    skip: usize,
    /// What it does without a command.
    pub(in crate::code) alone: Option<Effect>,
}

const fn wrapper_row(
    names: &'static str,
    options: &'static str,
    skip: usize,
    alone: Option<Effect>,
) -> Wrapper {
    Wrapper { names, options, skip, alone }
}

static WRAPPERS: [Wrapper; 15] = [
    wrapper_row(
        "sudo doas",
        "-u -g -h -p -C -T -r -t -D -U -R --user --group --host --prompt --chdir",
        0,
        None,
    ),
    wrapper_row("env", "-u -C -S --unset --chdir", 0, Some(Reads)),
    wrapper_row(
        "time nohup command builtin exec setsid unbuffer chronic catchsegv torsocks proxychains",
        "-f -o -a",
        0,
        Some(Reads),
    ),
    wrapper_row("nice", "-n --adjustment", 0, Some(Reads)),
    wrapper_row("ionice", "-c -n --class --classdata", 0, Some(Reads)),
    wrapper_row("stdbuf", "-i -o -e", 0, Some(Reads)),
    wrapper_row("timeout", "-s -k --signal --kill-after", 1, None),
    wrapper_row("watch", "-n --interval", 0, None),
    wrapper_row(
        "xargs gxargs",
        "-n -P -I -L -d -E -s -a --max-args --max-procs --replace --delimiter --max-lines --arg-file",
        0,
        Some(Reads),
    ),
    wrapper_row("flock", "-w -E --timeout", 1, None),
    wrapper_row("chroot", "-u -g", 1, None),
    wrapper_row("chpst", "-u -U -/ -m -d -o -p -f -c -e", 0, None),
    wrapper_row("envdir /usr/bin/envdir", "", 1, None),
    wrapper_row("systemd-run", "-u -p -t -M -H --unit --property", 0, None),
    wrapper_row("nsenter", "-t -S -G --target", 0, None),
];

impl Wrapper {
    /// Returns the command among the arguments.
    pub(in crate::code) fn inner<'a, 'b>(&self, arguments: &'b [Word<'a>]) -> &'b [Word<'a>] {
        let mut skip = self.skip;
        let mut takes_value = false;
        for (n, word) in arguments.iter().enumerate() {
            let text = word.text.as_ref();
            if takes_value {
                takes_value = false;
            } else if text == "--" {
                return arguments.get(n + 1 + skip..).unwrap_or_default();
            } else if text.starts_with('-') && text.len() > 1 {
                takes_value = is_in(self.options, text);
            } else if skip > 0 {
                skip -= 1;
            } else if !is_assignment(text) {
                return arguments.get(n..).unwrap_or_default();
            }
        }
        &[]
    }
}

/// What is known of a program.
#[derive(Clone, Copy, Debug)]
pub(in crate::code) enum Program {
    /// It always does this, whatever its options; nothing where that cannot be told.
    Plain(Option<Effect>),
    /// Its verbs decide: the index of its block in `verbs.txt`.
    Verbs(&'static Verbs),
    /// Its arguments are another command.
    Wrapper(&'static Wrapper),
    /// It is judged by a function of its own.
    Special,
}

/// A block of `verbs.txt`: what the verbs of some programs do.
#[derive(Debug, Default)]
pub(in crate::code) struct Verbs {
    programs: &'static str,
    /// Options whose value is a word of its own, as far as they may stand before the verb.
    pub(in crate::code) options: String,
    /// Words before the verb.
    pub(in crate::code) skip: usize,
    /// Verbs, several words with `/` between, and options.
    pub(in crate::code) effects: BTreeMap<&'static str, Effect>,
    /// What the program does without any of them.
    pub(in crate::code) other: Option<Effect>,
}

static VERBS: LazyLock<Vec<Verbs>> = LazyLock::new(|| {
    let mut out: Vec<Verbs> = Vec::new();
    let mut list = "";
    let lines = include_str!("verbs.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if !line.starts_with(' ') {
            out.push(Verbs { programs: line, ..Verbs::default() });
            continue;
        }
        let mut words = line.split_ascii_whitespace();
        if !line.starts_with("    ") {
            list = words.next().unwrap_or("");
        }
        let Some(verbs) = out.last_mut() else { continue };
        match list {
            "options" => words.for_each(|word| verbs.options.extend([word, " "])),
            "skip" => verbs.skip = words.next().and_then(|n| n.parse().ok()).unwrap_or(0),
            "other" => verbs.other = words.next().and_then(by_name),
            _ => {
                let effect = by_name(list);
                verbs.effects.extend(words.filter_map(|word| Some((word, effect?))));
            }
        }
    }
    out
});

fn by_name(name: &str) -> Option<Effect> {
    match name {
        "reads" => Some(Reads),
        "changes" => Some(Changes),
        "deletes" => Some(Deletes),
        _ => None,
    }
}

static PROGRAMS: LazyLock<BTreeMap<&'static str, Program>> = LazyLock::new(|| {
    let plain =
        [(READS, Some(Reads)), (CHANGES, Some(Changes)), (DELETES, Some(Deletes)), (UNTOLD, None)];
    let plain = plain.into_iter().map(|(names, effect)| (names, Program::Plain(effect)));
    let verbs = VERBS.iter().map(|verbs| (verbs.programs, Program::Verbs(verbs)));
    let wrappers = WRAPPERS.iter().map(|row| (row.names, Program::Wrapper(row)));
    let rows = plain.chain(verbs).chain(wrappers).chain([(SPECIAL, Program::Special)]);
    let names = rows.flat_map(|(names, row)| names.split_ascii_whitespace().map(move |n| (n, row)));
    names.collect()
});

/// Returns what is known of a program.
pub(in crate::code) fn lookup(name: &str) -> Option<Program> {
    PROGRAMS.get(name).copied()
}

/// Returns the name of the program that a word calls: without its folder, and `kubectl` for
/// `$KUBECTL`.
pub(in crate::code) fn program(word: &str) -> Cow<'_, str> {
    if let Some(variable) = word.strip_prefix('$') {
        let name = variable.trim_start_matches('{').trim_end_matches('}');
        return Cow::Owned(name.to_ascii_lowercase());
    }
    // A script beside the reader may be called like any program.
    if word.starts_with("./") || word.starts_with("../") {
        return Cow::Borrowed(word);
    }
    Cow::Borrowed(word.rsplit('/').next().unwrap_or(word))
}

/// Returns the effect that an option gives to the verb of a program.
pub(in crate::code) fn by_flag(name: &str, verb: &str, arguments: &[Word<'_>]) -> Option<Effect> {
    let mut rows = FLAGS.iter().filter(|flag| {
        is_in(flag.programs, name) && (flag.verb.is_empty() || is_in(flag.verb, verb))
    });
    let row = rows.find(|flag| arguments.iter().any(|word| has_option(flag.options, &word.text)));
    row.and_then(|flag| flag.effect)
}

/// Returns true where a word is one of the options, has a value behind `=`, or is a cluster of
/// letters with one of them in it.
pub(in crate::code) fn has_option(options: &str, word: &str) -> bool {
    let is_option = |known: &str| {
        word.strip_prefix(known).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('=') || known == "-i" && rest.starts_with('.')
        })
    };
    let letters = word.strip_prefix('-').filter(|l| l.bytes().all(|b| b.is_ascii_alphabetic()));
    options.split_ascii_whitespace().any(|known| {
        let letter = known.strip_prefix('-').filter(|letter| letter.len() == 1);
        let clustered =
            letter.zip(letters).is_some_and(|(letter, all)| all.len() <= 6 && all.contains(letter));
        is_option(known) || clustered
    })
}

/// Returns true for a word of a list.
pub(in crate::code) fn is_in(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|known| known == word)
}

/// Returns true for `NAME=value`.
pub(in crate::code) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_program_stands_once() {
        let mut seen = BTreeSet::new();
        let lists = [READS, CHANGES, DELETES, UNTOLD, SPECIAL];
        let wrappers = WRAPPERS.iter().map(|row| row.names);
        let verbs = VERBS.iter().map(|verbs| verbs.programs);
        for names in lists.into_iter().chain(wrappers).chain(verbs) {
            for name in names.split_ascii_whitespace() {
                assert!(seen.insert(name), "{name} stands twice");
            }
        }
        assert!(FLAGS.iter().flat_map(|f| f.programs.split(' ')).all(|name| seen.contains(name)));
    }

    #[test]
    fn the_file_of_verbs_is_read() {
        let Some(Program::Verbs(verbs)) = lookup("kubectl") else { panic!("kubectl") };
        assert_eq!(verbs.effects.get("rollout/undo"), Some(&Changes));
        assert!(is_in(&verbs.options, "--namespace"));
        let Some(Program::Verbs(verbs)) = lookup("service") else { panic!("service") };
        assert_eq!((verbs.skip, verbs.other), (1, None));
        // A verb in two lists of one program would be read as the last of them.
        let file = include_str!("verbs.txt");
        let words = file.lines().filter(|l| l.starts_with(' ') && !l.contains("options"));
        assert!(words.count() > 300);
        for verbs in VERBS.iter() {
            assert!(!verbs.effects.is_empty() || verbs.other.is_some(), "{}", verbs.programs);
        }
    }
}
