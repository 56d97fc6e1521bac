//! Commands as people write them, with the effect each has.

use crate::code::effect::Effect::{self, Changes, Deletes, Reads};
use crate::code::effect::{effect, holds_commands};
use crate::code::languages::Language;
use crate::code::table::TableLanguage;

/// Lines from the corpora and from manuals, by the effect they have.
const READS: &str = r#"
kubectl get pods -n x
kubectl -n $NAMESPACE describe pod $POD
kubectl -n $NAMESPACE rollout history deployment $NAME
kubectl rollout status deploy/x
kubectl --context "${CLUSTER}" -n "${NAMESPACE}" top pods -l app=checkout-api --sort-by=cpu
kubectl logs prometheus-git-exporter-<chars>-<more chars> -f --tail=50
kubectl auth can-i delete pods
kubectl port-forward svc/concordances-rw-neo4j 8082:8080
kubectl delete pod x --dry-run=client
kubectl apply -f x.yaml --dry-run=server
kubectl set env deploy/x --list
kubectl exec -it pod-0 -c main -- cat /etc/hosts
kubectl -n vault exec -it vault-0 -- vault status
kubectl exec pod-0 -- sh -c 'ls /data | wc -l'
kubectl cp ns/pod:/var/log/x.log ./x.log
oc debug node/<node> -- chroot /host journalctl -u kubelet
oc adm top nodes
kubectl get secret -o jsonpath='{.data}' | base64 -d
kubectl delete --help
helm list -A
helm diff upgrade x ./chart
helm upgrade x ./chart --dry-run
docker ps
docker logs app -f
docker exec -it web cat /etc/nginx/nginx.conf
docker compose -f a.yml logs web
crictl ps | grep 'websockets-57dbbcdcbd-crv2p'
systemctl status teleport
service osqueryd status
sudo journalctl -u teleport
sudo gitlab-ctl status
sv status prometheus
git clone https://example.com/x.git
git push --dry-run origin master
git clean -nd
terraform plan
tf init -upgrade
tf state list
aws ec2 describe-instances --filters "Name=tag:x,Values=delete"
aws s3 ls s3://bucket/
aws s3 cp s3://bucket/x.gz .
aws --profile prod --region eu-west-1 rds describe-db-instances
aws logs filter-log-events --log-group-name x
aws s3 rm s3://bucket/x --dryrun
gcloud --project <PROJECT> container node-pools list --cluster <CLUSTER> --region us-east1
gcloud compute instances describe x --zone y
gcloud --project gitlab-vault container clusters get-credentials vault-gitlab-gke --region us-east1
gcloud compute ssh web-1 --command="uptime"
az vm list -o table
az aks get-credentials -g x -n y
gsutil ls gs://bucket
gsutil cp gs://bucket/x .
bq query 'select 1'
psql -h x -U y -c 'select count(*) from t'
psql -l
sudo gitlab-psql -d gitlabhq_production -c "SELECT * FROM pg_stat_activity;"
mysql -e 'show processlist'
echo 'select 1' | psql
redis-cli info replication
redis-cli -h 10.66.2.101 -p 26379 sentinel masters
/opt/gitlab/embedded/bin/redis-cli -a $REDIS_MASTER_AUTH --scan --pattern 'cache:*'
etcdctl --endpoints=$E endpoint status -w table
etcdctl member list
vault operator raft list-peers
vault kv get secret/x
consul kv get service/gstg-pg12-patroni-registry/leader
consul catalog services -node=patroni-01-db-gprd
nomad job status x
nomad alloc exec -job x cat /etc/hosts
ceph -s
ceph osd tree
zpool status -v
zfs list -t snapshot
lvs
find . -name '*.log' -mtime +2
find scripts -name failed*.log -exec cat {} \; | jq
kill -0 123
ip a
ip -br addr show eth0
ip route get 1.1.1.1
iptables -nvL
iptables -t nat -S
curl -s http://127.0.0.1:8500/v1/kv/service/pg-ha-cluster/leader | jq .
curl -i --header "x-api-key: k" https://api.ft.com/content/notifications-push
curl -X POST http://es:9200/x/_search -d '{"query":{}}'
curl -G http://prom/api/v1/query --data-urlencode 'query=up'
http GET http://localhost:8080/content/1/annotations
wget -qO- http://localhost/health
ansible all -m ping
ansible web -m shell -a 'uptime'
ansible-playbook site.yml --check
salt '*' test.ping
knife ssh 'role:<cluster-role>' "ps -U git -o cmd | grep 'cat-file blob' | uniq -c"
bundle exec knife node show worker1.cluster.gitlab.com
dpkg -l | grep linux
rpm -qa
apt-cache policy x
apt list --upgradable
sudo du -sh /var/* 2>/dev/null | sort -rh | head > /tmp/big.txt
rm -f /tmp/report.txt
ssh -N -L 2222:fe-01:22 bastion
ssh "${HOST}" 'sudo du -sh /kafka/data/*-[0-9]* | sort -rh | head -8'
ssh host sudo tail -n 50 /var/log/syslog
sudo -u postgres psql -c 'show max_connections'
timeout 5 curl -s localhost
watch -n 5 'kubectl get pods'
while true; do date; sleep 1; done
for i in 1 2 3; do kubectl get pod web-$i; done
if [ -f x ]; then cat x; fi
sed -n 5,10p x
crontab -l
mount
sysctl -a
date
hostname -f
tar tzf x.tar.gz
dd if=/dev/sda of=/dev/null bs=1M count=100
tcpdump -i eth0 port 53
openssl s_client -connect x:443 </dev/null
kafka-topics.sh --bootstrap-server b:9092 --describe --under-replicated-partitions
kafka-consumer-groups.sh --bootstrap-server b:9092 --group g --reset-offsets --to-earliest --dry-run
amtool silence query
nginx -t
rsync -avn a/ b:/x/
echo "show stat" | sudo socat stdio /run/haproxy/admin.sock
true && echo done || exit 1
curl -o /tmp/x.rb https://example.com/x.rb
curl -sSLI https://example.com
wget --spider http://x
nc -zv db 5432
echo ruok | nc zookeeper 2181
psql -c 'select 1' -c 'select 2'
kubectl config use-context prod
aws eks update-kubeconfig --name x
gcloud compute start-iap-tunnel vm 22
wipefs /dev/sdb
kubectl -n x get secret y -o yaml | grep -v uid | less
"#;

const CHANGES: &str = r#"
kubectl apply -f x.yaml
kubectl scale <DEPLOYMENT_NAME> --replicas=<X>
kubectl --context eu-west-1 -n fulfilment scale deploy/fulfilment-api --replicas=8
kubectl --context "edge-${REGION}" -n "${NAMESPACE}" rollout undo deployment/checkout-api
kubectl rollout restart deploy/x
kubectl patch pv x -p '{"spec":{}}'
kubectl cordon <node>
kubectl annotate pod x y=z
kubectl edit secret tls-cert --namespace review-apps-ee
kubectl set image deploy/x x=y
kubectl taint nodes n k=v:NoSchedule
kubectl certificate approve x
kubectl exec -n gitlab -it p -- /usr/bin/pkill -USR2 -f sidekiq
kubectl cp ./x ns/pod:/x
kubectl get deploy -o name | xargs -n1 kubectl rollout restart
oc adm uncordon n
cat <<EOF | kubectl apply -f -
helm upgrade --install x ./chart
helm rollback x 3
docker restart app
docker run -ti coco/content-preview
docker-compose up -d app
docker compose down
systemctl restart nginx
sudo systemctl daemon-reload
sudo service chef-client stop
/etc/init.d/nginx restart
sudo gitlab-ctl reconfigure
gitlab-ctl restart puma
sv reload prometheus
git push origin master
terraform apply -auto-approve
tf plan && tf apply
aws ec2 reboot-instances --instance-ids i-1
aws rds modify-db-instance --db-instance-identifier x
aws autoscaling set-desired-capacity --desired-capacity 3
aws s3 cp ./x s3://bucket/x
gcloud compute instances stop x
gcloud beta pubsub subscriptions seek <subscription_name> --time=$(date +%Y)
gcloud compute ssh web-1 --command="sudo systemctl restart x"
az vm restart -g x -n y
gsutil -h "Content-Type:text/html" cp /tmp/health gs://gitlab-$env-registry/cdn-test/health
psql -c "ALTER SYSTEM SET max_wal_size TO '16GB'"
psql -c 'select pg_terminate_backend(123)'
mysql -e "kill 5"
echo 'vacuum t;' | psql x
/opt/gitlab/embedded/bin/redis-cli config set client-output-buffer-limit "slave 0 0 0"
/opt/gitlab/embedded/bin/redis-cli -p 26379 SENTINEL failover CLUSTER_NAME
etcdctl defrag
vault operator seal
consul leave
nomad job stop x
nomad node drain -enable -self
ceph osd set noout
zpool scrub tank
lvextend -L +10G /dev/vg/x
sudo resize2fs <partition>
growpart <device> <partition number>
kill -9 <parent PID>
sudo pkill -USR2 -f bin/sidekiq-cluster
knife ssh roles:x 'ps -eo etimes=,pid | awk "{ print \$2 }" | xargs sudo kill '
reboot
sudo shutdown -r now
iptables -A INPUT -s 1.2.3.4 -j DROP
ip link set eth0 down
ip route add 10.0.0.0/8 via 1.1.1.1
curl -XPUT "http://es:9200/_cluster/settings" -d '{"transient":{}}'
curl -d 'x=1' http://localhost:8080/reload
curl --request POST https://api/x
curl http://localhost:8080/drafts -X PATCH --data '{}'
http POST localhost:8080/x a=b
wget --method=PUT --body-data=x http://y
ansible-playbook -i prod -t certs playbooks/gitter.yml
ansible web -m service -a 'name=x state=restarted'
ansible web -m shell -a 'systemctl restart x'
salt 'web*' cmd.run 'systemctl restart x'
sudo chef-client
knife ssh -C 2 "roles:gprd-base-stor-gitaly" "sudo chef-client"
knife ssh 'roles:gprd-base-lb' sudo chef-client
knife node run_list add x 'role[y]'
sudo apt-get install -y postgresql-12-repack --only-upgrade
yum update x
npm install smooshpack
mv /etc/chef /etc/chef.disabled
cp -a /x /var/opt/y
chmod -R 644 /srv/project
sed -i 's/a/b/' /etc/x.conf
echo 1 > /proc/sys/vm/drop_caches
curl ifconfig.co | sudo tee /etc/ipaddress.txt
cat x >> /var/opt/gitlab/postgresql/data/gitlab-geo.conf
sysctl -w vm.swappiness=1
sysctl vm.swappiness=1
mount /mnt/file-1
umount /data
swapoff -a
useradd x
crontab -e
bash -c 'systemctl stop x'
sudo bash -c "echo 3 > /proc/sys/vm/drop_caches"
ssh host "sudo bash -c 'systemctl restart x'"
su - postgres -c "pg_ctl promote -D /x"
echo "$(systemctl restart x)"
find /data -name x -exec chmod 600 {} +
gitlab-patronictl reinit pg11-ha-cluster patroni-XX
patronictl failover x
kafka-consumer-groups.sh --bootstrap-server b --group g --reset-offsets --to-earliest --execute
nginx -s reload
rabbitmqctl stop_app
nodetool repair
$KUBECTL apply -f x
A=1 B=2 sudo -E -u root systemctl restart x
frobnicate; systemctl restart x
kill -KILL 5
curl -sXPOST http://localhost:9090/-/reload
curl -sd 'a=b' http://x/y
curl -X POST http://x/graphql -d '{}'
sudo curl -s https://x/y.sh --output /var/opt/y.sh
psql -c 'select 1' -c 'vacuum t'
ssh host -- sudo systemctl restart x
knife ssh -C2 -afqdn 'roles:gitlab-runner-prm' -- 'sudo -i chef-client'
oc adm upgrade --to=4.12.3
smartctl -t short /dev/sda
echo "disable server a/b" | socat stdio /run/haproxy/admin.sock
"#;

const DELETES: &str = r#"
kubectl -n x delete pod y
kubectl --context "${CLUSTER}" -n "${NAMESPACE}" delete pod "${POD}"
kubectl delete --cascade=orphan sts/<statefulset_name>
kubectl drain --force --ignore-daemonsets --delete-local-data "$node"
kubectl scale deployments/gitlab-sidekiq-memory-bound-v1 --replicas=0
kubectl scale deploy/x --replicas 0
kubectl replace --force -f x.yaml
kubectl get pods | grep Evicted | awk '{print $1}' | xargs kubectl delete pod
kubectl exec pod-0 -- rm -rf /data/tmp
for p in $(kubectl get pods -o name); do kubectl delete $p; done
oc adm drain n
helm uninstall x
docker rm -f app
docker system prune -af
docker volume rm x
docker-compose down -v
docker-machine rm test-machine
git push --force origin master
git push -f
git reset --hard HEAD~1
git clean -fdx
terraform destroy
tf apply -destroy
tf state rm module.gitlab-gke.google_container_node_pool.node_pool[0]
aws ec2 terminate-instances --instance-ids i-1
aws s3 rm --recursive s3://x/y
aws s3 sync a s3://b --delete
aws dynamodb delete-table --table-name x
gcloud iam service-accounts delete gitlab-project-storage-internal
gcloud --project $project --zone $zone beta compute disks delete $disk_name
az group delete -n x
gsutil rm -r gs://gitlab-$ENV-prometheus/$i/
gsutil rsync -d a gs://b
bq rm cloudflare.logpush_20200610
psql postgres -c "drop database if exists pgbench_s${s};"
psql <<< 'truncate t'
mysql -e 'delete from t'
redis-cli FLUSHALL
redis-cli -n 3 del key
etcdctl del /x --prefix
etcdctl member remove 1234
vault kv delete secret/x
consul kv delete -recurse service/pg-ha-cluster
nomad job stop -purge x
ceph osd purge 3 --yes-i-really-mean-it
zfs destroy tank/x
lvremove /dev/vg/x
mkfs.ext4 /dev/sdb1
dd if=/dev/zero of=/dev/sdb bs=1M
rm -rf /var/opt/gitlab/postgresql/data/*
rm -rf /tmp/*
sudo rm /etc/consul/conf.d/db-replica*
rmdir x
truncate -s 0 /var/log/x.log
> /var/log/x.log
: > /var/log/x.log
sudo find /var/log/gitlab -mtime +2 -exec rm {} \;
find /tmp -type f -mtime +2 -delete
< files_to_remove.txt xargs -rn1 ionice -c 3 rm -fr
iptables -F
ip route del default
curl -XDELETE "${ES}/${OLD}"
curl --request DELETE --header "Private-Token: $T" https://gitlab.com/api/v4/admin/sidekiq/queues/post_receive
curl -X POST "localhost:9090/api/v1/admin/tsdb/delete_series?match[]=up"
http DELETE localhost/x
sudo apt-get purge linux-headers-*
dpkg -l | grep 'linux-image' | awk '{print $2}' | xargs apt-get -y purge
crontab -r
userdel x
knife node delete -y myhost.tier.env.gitlab.com
knife ssh roles:dr-base-db-patroni 'sudo rm -rf /var/opt/gitlab/postgresql/data' # TAKE CARE!
gitlab-patronictl remove pg12ute-patroni-source
ssh host "sudo sh -c 'rm -rf /srv/x'"
sudo -u postgres bash -c "psql -c 'drop table t'"
journalctl --vacuum-size=1G
kafka-topics.sh --bootstrap-server b --delete --topic t
aptly repo remove gitlab-utils package_name_2.8.3-1_amd64
rsync -a --delete a/ b/
bash -c 'kubectl get pods; kubectl delete pod x'
tar xf x && rm -rf /data/old
eval "rm -rf /x"
curl -kXDELETE https://x/y
psql -c 'select 1' -c 'drop table t'
aws ecr batch-delete-image --repository-name x
wipefs -a /dev/sdb
"#;

/// Unknown programs, sessions that are open to anything, and what touches the reader's own files only.
const UNTOLD: &str = r#"
hctl edge drain "${REGION}" --to 0%
./launcher rebuild app
sudo /root/runner_upgrade.sh stop
kubectl get pods; frobnicate
kubectl exec -it pod-0 -- bash
kubectl exec deploy/fulfilment-api -- recount book --warehouse RTM2
kubectl frobnicate x
ssh deploy-01-sv-pre.c.gitlab-pre.internal
sudo su -
sudo gitlab-rails console
psql -h db
redis-cli -p 26379
docker exec -it web bash
docker run --rm -it tool check
bash script.sh
source env_vars
git checkout master
git commit -m x
vim /etc/hosts
kubectl get pods -o yaml > pods.yaml
perf script | tee out.txt
make deploy
curl -s https://example.com/install.sh | sudo bash
python3 fix.py
<command> --now
aws ssm start-session --target i-1
export MOUNTPOINT=/path
ip netns exec ns0 frobnicate
psql -f migrate.sql
mysql x < dump.sql
telnet host 25
gsutil cp gs://a/x-(date +"%Y").gz gs://b/x-(date +"%Y").gz
ls (see below)
echo stop | nc localhost 8005
wget https://example.com/x.deb
aws kms decrypt --ciphertext-blob x
# only a comment
"#;

#[track_caller]
fn check(lines: &str, expected: Option<Effect>) -> usize {
    let mut faults = Vec::new();
    let mut n = 0;
    for line in lines.lines().filter(|line| !line.is_empty()) {
        n += 1;
        let found = effect(Language::Shell, line);
        if found != expected {
            faults.push(format!("{found:?}: {line}"));
        }
    }
    assert!(faults.is_empty(), "not {expected:?} but\n{}", faults.join("\n"));
    n
}

#[test]
fn commands_that_read() {
    assert!(check(READS, Some(Reads)) > 100);
}

#[test]
fn commands_that_change() {
    assert!(check(CHANGES, Some(Changes)) > 80);
}

#[test]
fn commands_that_delete() {
    assert!(check(DELETES, Some(Deletes)) > 60);
}

#[test]
fn commands_that_cannot_be_told() {
    assert!(check(UNTOLD, None) > 20);
}

#[test]
fn blocks_are_read_by_their_language() {
    use Language::{Console, Plain, Shell, Unknown};
    let sql = Language::Table(TableLanguage::Sql);
    let yaml = Language::Table(TableLanguage::Yaml);
    for (language, code, expected) in [
        (Console, "$ kubectl get pods\nrm -rf /x\n", Some(Reads)),
        (Console, "$ systemctl restart x\n$ systemctl status x\nactive\n", Some(Changes)),
        (Console, "# systemctl stop x\n# rm -rf /data\n", Some(Deletes)),
        (Shell, "# rm -rf /data\nls\n", Some(Reads)),
        (Shell, "f() {\n  rm -rf /x\n}\nf\n", Some(Deletes)),
        (Shell, "f() {\n  ls\n}\nf\n", Some(Reads)),
        (Shell, "cat <<EOF\nrm -rf /x\nEOF\n", Some(Reads)),
        (Shell, "bash <<EOF\nrm -rf /x\nEOF\n", Some(Deletes)),
        (Shell, "ssh host <<'EOF'\nsystemctl restart x\nEOF\n", Some(Changes)),
        (Shell, "psql <<EOF\ndelete from t;\nEOF\n", Some(Deletes)),
        (Shell, "cat <<EOF | psql\nselect 1;\nEOF\n", Some(Reads)),
        (Shell, "kubectl get x \\\n  -o yaml \\\n  | grep delete\n", Some(Reads)),
        (Shell, "case $1 in\n  rm) ls;;\nesac\n", Some(Reads)),
        (Shell, "SELECT * FROM t;\n", Some(Reads)),
        (Shell, "db=# drop table t;\n", Some(Deletes)),
        (Unknown, "kubectl delete pod x\n", Some(Deletes)),
        (Unknown, "# stop it\ngcloud compute instances stop x\n", Some(Changes)),
        (Unknown, "DROP INDEX i;\n", Some(Deletes)),
        (Unknown, "user@host:~$ sudo reboot\n", Some(Changes)),
        (Unknown, "NAME READY\nx 1/1\n", None),
        (Unknown, "host  dbXXX  userXXX  md5\n", None),
        (Plain, "rm -rf /x\n", None),
        (yaml, "run: rm -rf /x\n", None),
        (Language::PromQl, "delete_total", None),
        (sql, "delete from t", Some(Deletes)),
        (sql, "select 1", Some(Reads)),
    ] {
        assert_eq!(effect(language, code), expected, "{code}");
    }
    for (language, code, expected) in [
        (Shell, "frobnicate", true),
        (yaml, "a: b", false),
        (Unknown, "[\n  1\n]\n", false),
        (Unknown, "top: 1\n", false),
        (Unknown, "kubectl frobnicate", true),
        (Unknown, "$ frobnicate", true),
        (Unknown, "Select the pod.", false),
    ] {
        assert_eq!(holds_commands(language, code), expected, "{code}");
    }
}

#[test]
fn nothing_is_too_deep_or_too_long() {
    let pieces = [
        "$(",
        "`",
        "\"",
        "'",
        "<<EOF",
        "\n",
        "\\",
        "é",
        " ",
        ">",
        "{{",
        "|",
        "&&",
        "$ ",
        "x=(",
        ")",
        "sudo ",
        "bash -c ",
        "kubectl exec ",
        "-- ",
        "find -exec ",
        "ssh h ",
        "EOF",
        "=",
        "<a>",
        "-n",
        "rm ",
        "psql -c ",
        "xargs ",
        "/dev/",
        "[[",
        "]]",
        "in ",
        "for ",
        "drop ",
        ";",
    ];
    let mut state = 1_u32;
    for _ in 0..3000 {
        let mut code = String::new();
        for _ in 0..=state % 23 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            code.push_str(pieces[(state >> 16) as usize % pieces.len()]);
        }
        for language in [Language::Shell, Language::Console, Language::Unknown] {
            effect(language, &code);
        }
        effect(Language::Table(TableLanguage::Sql), &code);
    }
    // What takes time with the square of the length would not end within a test's patience.
    for piece in pieces.into_iter().chain(["a ", "bash -c '", "ssh h \"", "echo x | psql;"]) {
        let code = piece.repeat(50_000 / piece.len());
        effect(Language::Shell, &code);
    }
}
