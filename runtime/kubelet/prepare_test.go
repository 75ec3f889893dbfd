package kubelet_test

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

func valueFrom(name string, source corev1.EnvVarSource) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &source}
}

func fieldRef(name, path string) corev1.EnvVar {
	return valueFrom(name, corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: path}})
}

func waitsFor(reason, message string) func(*corev1.Pod) bool {
	return func(p *corev1.Pod) bool {
		s := p.Status.ContainerStatuses
		return len(s) > 0 && s[0].State.Waiting != nil && s[0].State.Waiting.Reason == reason && s[0].State.Waiting.Message == message
	}
}

func TestEnvironment(t *testing.T) {
	a := newAble()
	inBubbleWith(t, nil, a, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Labels = map[string]string{"tier": "front"}
		main := &pod.Spec.Containers[0]
		configMap := func(name, key string, optional *bool) corev1.EnvVarSource {
			return corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: optional}}
		}
		secret := func(name, key string) corev1.EnvVarSource {
			return corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key}}
		}
		yes := true
		main.EnvFrom = []corev1.EnvFromSource{
			{Prefix: "C_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}},
			{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "none"}, Optional: &yes}},
		}
		main.Env = []corev1.EnvVar{
			{Name: "FIRST", Value: "1"}, {Name: "SECOND", Value: "$(FIRST)-$(C_colour)-$$(FIRST)-$(LATER)-$(KUBERNETES_SERVICE_PORT)"},
			fieldRef("IP", "status.podIP"), fieldRef("HOST", "status.hostIP"), fieldRef("TIER", "metadata.labels['tier']"),
			valueFrom("CPUS", corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{Resource: "limits.cpu"}}),
			valueFrom("COLOUR", configMap("settings", "colour", nil)), valueFrom("PASS", secret("keys", "pass")),
			valueFrom("ABSENT", configMap("settings", "none", &yes)), {Name: "EMPTY"}, {Name: "LATER", Value: "l"}, {Name: "FIRST", Value: "again"},
		}
		main.Command, main.Args = []string{"/bin/$(FIRST)"}, []string{"$(SECOND)", "$(NOBODY)", "$$(FIRST)", "$"}
		c.create(pod)
		c.until("web", "waiting", waitsFor("CreateContainerConfigError", `configmap "settings" not found`))
		settings := &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "settings", Namespace: "default"}, Data: map[string]string{"size": "large"}}
		require.NoError(t, client.Of[corev1.ConfigMap](c.client).Create(c.ctx, settings))
		c.until("web", "waiting", waitsFor("CreateContainerConfigError", `couldn't find key colour in ConfigMap default/settings`))
		settings.Data["colour"] = "red"
		require.NoError(t, client.Of[corev1.ConfigMap](c.client).Update(c.ctx, settings))
		c.until("web", "waiting", waitsFor("CreateContainerConfigError", `secret "keys" not found`))
		keys := &corev1.Secret{ObjectMeta: meta.ObjectMeta{Name: "keys", Namespace: "default"}, Data: map[string][]byte{"other": []byte("x")}}
		require.NoError(t, client.Of[corev1.Secret](c.client).Create(c.ctx, keys))
		c.until("web", "waiting", waitsFor("CreateContainerConfigError", `couldn't find key pass in Secret default/keys`))
		keys.Data["pass"] = []byte("p")
		require.NoError(t, client.Of[corev1.Secret](c.client).Update(c.ctx, keys))
		// The Services of the namespace, and the API's own.
		services := client.Of[corev1.Service](c.client).In("default")
		require.NoError(t, services.Create(c.ctx, &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "kubernetes"}, Spec: corev1.ServiceSpec{
			ClusterIP: "10.0.0.1", Ports: []corev1.ServicePort{{Name: "https", Port: 443}}}}))
		require.NoError(t, services.Create(c.ctx, &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "my-db"}, Spec: corev1.ServiceSpec{
			ClusterIP: "10.0.0.7", Ports: []corev1.ServicePort{{Name: "sql", Port: 5432}, {Name: "dns", Port: 53, Protocol: corev1.ProtocolUDP}}}}))
		require.NoError(t, services.Create(c.ctx, &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "headless"}, Spec: corev1.ServiceSpec{
			ClusterIP: "None", Ports: []corev1.ServicePort{{Port: 80}}}}))
		began := time.Now()
		p := c.until("web", "ready", ready)
		require.LessOrEqual(t, time.Since(began), 11*time.Second, "what was missing is looked for again soon")

		got := a.config(t, "web")
		env := map[string]string{}
		for _, v := range got.Env {
			_, twice := env[v.Name]
			require.False(t, twice, v.Name)
			env[v.Name] = v.Value
		}
		want := map[string]string{
			"FIRST": "again", "SECOND": "1-red-$(FIRST)-$(LATER)-443", "IP": p.Status.PodIP, "HOST": "10.127.0.9", "TIER": "front", "CPUS": "4",
			"COLOUR": "red", "PASS": "p", "EMPTY": "", "LATER": "l", "C_colour": "red", "C_size": "large",
			"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443", "KUBERNETES_SERVICE_PORT_HTTPS": "443", "KUBERNETES_PORT": "tcp://10.0.0.1:443",
			"KUBERNETES_PORT_443_TCP": "tcp://10.0.0.1:443", "KUBERNETES_PORT_443_TCP_PROTO": "tcp", "KUBERNETES_PORT_443_TCP_PORT": "443", "KUBERNETES_PORT_443_TCP_ADDR": "10.0.0.1",
			"MY_DB_SERVICE_HOST": "10.0.0.7", "MY_DB_SERVICE_PORT": "5432", "MY_DB_SERVICE_PORT_SQL": "5432", "MY_DB_SERVICE_PORT_DNS": "53", "MY_DB_PORT": "tcp://10.0.0.7:5432",
			"MY_DB_PORT_5432_TCP": "tcp://10.0.0.7:5432", "MY_DB_PORT_5432_TCP_PROTO": "tcp", "MY_DB_PORT_5432_TCP_PORT": "5432", "MY_DB_PORT_5432_TCP_ADDR": "10.0.0.7",
			"MY_DB_PORT_53_UDP": "udp://10.0.0.7:53", "MY_DB_PORT_53_UDP_PROTO": "udp", "MY_DB_PORT_53_UDP_PORT": "53", "MY_DB_PORT_53_UDP_ADDR": "10.0.0.7",
		}
		require.Equal(t, want, env)
		require.Equal(t, []string{"/bin/again"}, got.Command)
		require.Equal(t, []string{"1-red-$(FIRST)-$(LATER)-443", "$(NOBODY)", "$(FIRST)", "$"}, got.Args)
		require.Empty(t, got.Mounts, "a node without a directory has no files")

		// Without links only the API's own.
		no := false
		alone := podOf("alone", "alone")
		alone.Spec.EnableServiceLinks = &no
		c.create(alone)
		c.until("alone", "ready", ready)
		for _, v := range a.config(t, "alone").Env {
			require.Regexp(t, "^KUBERNETES_", v.Name)
		}
	})
}

func TestFilesOfContainers(t *testing.T) {
	root := t.TempDir()
	resolv := filepath.Join(root, "resolv.conf")
	require.NoError(t, os.WriteFile(resolv, []byte("# mine\nnameserver 192.0.2.1\nsearch corp.example. .\noptions rotate\n"), 0o600))
	a, v := newAble(), &volumes{give: kubelet.ContainerVolumes{
		Mounts: []kubelet.Mount{{Name: "data", HostPath: "/x", ContainerPath: "/data"}}, Groups: []int64{7}, Devices: []kubelet.Device{{Name: "disk", HostPath: "/dev/x"}},
	}}
	opts := kubelet.Options{
		RootDir: filepath.Join(root, "k"), LogDir: filepath.Join(root, "logs"), ResolvConf: resolv, Volumes: v,
		ClusterDNS: []netip.Addr{netip.MustParseAddr("10.0.0.10")}, ClusterDomain: "cluster.test",
	}
	inBubbleWith(t, nil, a, opts, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web", "own")
		group := int64(5)
		pod.Spec.SecurityContext = &corev1.PodSecurityContext{FSGroup: &group}
		pod.Spec.Hostname, pod.Spec.Subdomain = "front", "shop"
		pod.Spec.HostAliases = []corev1.HostAlias{{IP: "192.0.2.7", Hostnames: []string{"a.example", "b.example"}}}
		pod.Spec.DNSConfig = &corev1.PodDNSConfig{Nameservers: []string{"192.0.2.53"}, Searches: []string{"more.example"},
			Options: []corev1.PodDNSConfigOption{{Name: "ndots", Value: &[]string{"2"}[0]}, {Name: "edns0"}}}
		pod.Spec.Volumes = []corev1.Volume{{Name: "etc", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
		pod.Spec.Containers[1].VolumeMounts = []corev1.VolumeMount{{Name: "etc", MountPath: "/etc/hosts"}}
		pod.Spec.Containers[1].TerminationMessagePath = "/last"
		c.create(pod)
		p := c.until("web", "ready", ready)
		v.set(func() { require.Equal(t, 1, v.mounted[p.UID]) })

		sandbox := a.sandbox(0)
		require.Equal(t, "front", sandbox.Hostname)
		require.Equal(t, &kubelet.DNSConfig{
			Servers:  []string{"10.0.0.10", "192.0.2.53"},
			Searches: []string{"default.svc.cluster.test", "svc.cluster.test", "cluster.test", "corp.example", ".", "more.example"},
			Options:  []string{"ndots:2", "edns0"},
		}, sandbox.DNS)
		require.Equal(t, filepath.Join(root, "logs", "default_web_"+string(p.UID)), sandbox.LogDirectory)

		directory := filepath.Join(root, "k", "pods", string(p.UID))
		web, own := a.config(t, "web"), a.config(t, "own")
		require.Equal(t, []kubelet.Mount{
			{Name: "data", HostPath: "/x", ContainerPath: "/data"},
			{HostPath: filepath.Join(directory, "etc-hosts"), ContainerPath: "/etc/hosts"},
			{HostPath: filepath.Join(directory, "containers/web/0"), ContainerPath: "/dev/termination-log"},
		}, web.Mounts)
		require.Equal(t, []int64{5, 7}, web.SupplementalGroups)
		require.Equal(t, []kubelet.Device{{Name: "disk", HostPath: "/dev/x"}}, web.Devices)
		require.Equal(t, "/last", own.Mounts[1].ContainerPath)
		require.Len(t, own.Mounts, 2, "what the Pod itself mounts at /etc/hosts stays")
		hosts, err := os.ReadFile(filepath.Join(directory, "etc-hosts"))
		require.NoError(t, err)
		require.Equal(t, "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"+
			"fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"+p.Status.PodIP+"\tfront.shop.default.svc.cluster.test\tfront\n"+
			"\n# Entries added by HostAliases.\n192.0.2.7\ta.example\tb.example\n", string(hosts))

		require.NoError(t, c.pods().Delete(c.ctx, "web"))
		c.untilGone("web")
		time.Sleep(time.Second)
		v.set(func() { require.Empty(t, v.mounted) })
		require.NoDirExists(t, directory)

		host := podOf("host", "web")
		host.Spec.HostNetwork, host.Spec.DNSPolicy = true, corev1.DNSDefault
		c.create(host)
		p = c.until("host", "ready", ready)
		require.Empty(t, a.sandbox(1).Hostname)
		require.Equal(t, &kubelet.DNSConfig{Servers: []string{"192.0.2.1"}, Searches: []string{"corp.example", "."}, Options: []string{"rotate"}}, a.sandbox(1).DNS)
		hosts, err = os.ReadFile(filepath.Join(root, "k", "pods", string(p.UID), "etc-hosts"))
		require.NoError(t, err)
		require.Contains(t, string(hosts), "# Kubernetes-managed hosts file (host network).\n")
	})
}

func TestLastWords(t *testing.T) {
	root := t.TempDir()
	a := newAble()
	inBubbleWith(t, nil, a, kubelet.Options{RootDir: root, ResolvConf: "-"}, func(t *testing.T, c *cluster) {
		for _, test := range []struct {
			name, exit string
			policy     corev1.TerminationMessagePolicy
			write      string
			want       string
		}{
			{"said", "0", corev1.TerminationMessageReadFile, "all is well", "all is well"},
			{"silent", "3", corev1.TerminationMessageReadFile, "", ""},
			{"logged", "3", corev1.TerminationMessageFallbackToLogsOnError, "", "Simulated by Nucleus (hollow node)"},
			{"well", "0", corev1.TerminationMessageFallbackToLogsOnError, "", ""},
			{"long", "0", corev1.TerminationMessageReadFile, "x" + string(make([]byte, 4096)), string(make([]byte, 4096))},
		} {
			pod := podOf(test.name, "work")
			pod.Spec.RestartPolicy = corev1.RestartPolicyNever
			pod.Spec.Containers[0].TerminationMessagePolicy = test.policy
			pod.Annotations = map[string]string{hollow.ExitCodeAnnotation: test.exit, hollow.RunForAnnotation: "10s"}
			c.create(pod)
			p := c.until(test.name, "running", runs(0))
			path := filepath.Join(root, "pods", string(p.UID), "containers/work/0")
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o666), info.Mode().Perm(), "whoever the container runs as may write")
			require.NoError(t, os.WriteFile(path, []byte(test.write), 0o600))
			p = c.until(test.name, "ended", func(p *corev1.Pod) bool { return p.Status.ContainerStatuses[0].State.Terminated != nil })
			got := p.Status.ContainerStatuses[0].State.Terminated.Message
			if test.name == "logged" {
				require.Contains(t, got, test.want)
			} else {
				require.Equal(t, test.want, got, test.name)
			}
		}
	})
}

func TestVolumesComeFirst(t *testing.T) {
	a, v := newAble(), &volumes{err: errors.Join(errors.New(`MountVolume.SetUp failed for volume "a" : configmap "x" not found`), errors.New("b"))}
	inBubbleWith(t, nil, a, kubelet.Options{Volumes: v}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web"))
		p := c.until("web", "waiting", waitsFor("ContainerCreating", ""))
		time.Sleep(30 * time.Second)
		state, err := c.runtime.Pod(c.ctx, p.UID)
		require.NoError(t, err)
		require.Empty(t, state.Sandboxes)
		v.set(func() { v.err = nil })
		p = c.until("web", "ready", ready)
		v.set(func() { require.Equal(t, 1, v.mounted[p.UID]) })

		// A kubelet that comes back mounts again, and what runs goes on meanwhile.
		c.stop()
		v.set(func() { v.err = errors.New("not now") })
		c.run(kubelet.Options{Volumes: v, DisableEvents: true})
		time.Sleep(time.Minute)
		still, err := c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		require.Equal(t, p.ResourceVersion, still.ResourceVersion)
		v.set(func() { v.err = nil })
		time.Sleep(3 * time.Minute)
		v.set(func() { require.Equal(t, 2, v.mounted[p.UID]); v.busy = true })

		// The Pod is there until its volumes are not.
		require.NoError(t, c.pods().Delete(c.ctx, "web"))
		time.Sleep(time.Minute)
		_, err = c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		v.set(func() { v.busy = false })
		c.untilGone("web")

		// What is left of Pods that nobody knows is taken down.
		v.set(func() { v.mounted["11111111-1111-1111-1111-111111111111"] = 1 })
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		v.set(func() { require.Empty(t, v.mounted) })
	})
}

func TestThatMustNotBeRoot(t *testing.T) {
	yes, root, user := true, int64(0), int64(1000)
	image := func(uid *int64, name string) *imagesOf { return &imagesOf{uid: uid, username: name} }
	for name, test := range map[string]struct {
		image   *imagesOf
		pod     *int64
		message string // with POD for the Pod
	}{
		"image of a user":  {image(&user, ""), nil, ""},
		"image of root":    {image(&root, ""), nil, "container has runAsNonRoot and image will run as root POD"},
		"image of nobody":  {image(nil, ""), nil, "container has runAsNonRoot and image will run as root POD"},
		"image of a name":  {image(nil, "web"), nil, "container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root POD"},
		"Pod says a user":  {image(&root, ""), &user, ""},
		"Pod says to be 0": {image(&user, ""), &root, "container's runAsUser breaks non-root policy POD"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAble()
			inBubbleWith(t, nil, a, kubelet.Options{}, func(t *testing.T, c *cluster) {
				c.stop()
				test.image.Runtime = c.runtime
				c.broken = &faulty{Runtime: test.image}
				c.run(kubelet.Options{DisableEvents: true})
				pod := podOf("web", "web")
				pod.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsNonRoot: &yes, RunAsUser: test.pod}
				created := c.create(pod)
				if test.message == "" {
					c.until("web", "ready", ready)
					return
				}
				message := test.message[:len(test.message)-3] + `(pod: "web_default(` + string(created.UID) + `)", container: web)`
				c.until("web", "refused", waitsFor("CreateContainerConfigError", message))
			})
		})
	}
}

func TestEventsOfPreparing(t *testing.T) {
	v := &volumes{err: errors.New(`MountVolume.SetUp failed for volume "a" : configmap "x" not found`)}
	c := start(t, hollow.Options{StartDelay: -1}, kubelet.Options{Volumes: v})
	c.create(podOf("web", "web"))
	require.Equal(t, `MountVolume.SetUp failed for volume "a" : configmap "x" not found`, c.untilEvents("web", "FailedMount")["FailedMount"])
	v.set(func() { v.err = nil })
	pod := podOf("env", "web")
	pod.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "x"}}}}
	c.create(pod)
	require.Equal(t, `Error: configmap "x" not found`, c.untilEvents("env", "Failed spec.containers{web}")["Failed spec.containers{web}"])
}

func TestVariablesFromFiles(t *testing.T) {
	dir := t.TempDir()
	a, v := newAble(), &volumes{give: kubelet.ContainerVolumes{Mounts: []kubelet.Mount{{Name: "conf", HostPath: dir, ContainerPath: "/conf"}}}}
	inBubbleWith(t, nil, a, kubelet.Options{Volumes: v}, func(t *testing.T, c *cluster) {
		yes := true
		from := func(name, path, key string, optional *bool) corev1.EnvVar {
			return valueFrom(name, corev1.EnvVarSource{FileKeyRef: &corev1.FileKeySelector{VolumeName: "conf", Path: path, Key: key, Optional: optional}})
		}
		pod := podOf("web", "web")
		pod.Spec.Volumes = []corev1.Volume{{Name: "conf", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}}
		pod.Spec.Containers[0].Env = []corev1.EnvVar{
			from("MODE", "app.env", "MODE", nil), from("NONE", "app.env", "NONE", &yes), from("ABSENT", "absent.env", "X", &yes),
		}
		c.create(pod)
		p := c.until("web", "waiting", func(p *corev1.Pod) bool {
			s := p.Status.ContainerStatuses
			return len(s) > 0 && s[0].State.Waiting != nil && s[0].State.Waiting.Reason == "CreateContainerConfigError"
		})
		require.Contains(t, p.Status.ContainerStatuses[0].State.Waiting.Message, `couldn't parse env file "app.env" in volume "conf"`)
		// A link that leads out of the volume is not followed.
		outside := filepath.Join(t.TempDir(), "secret.env")
		write(t, outside, "MODE=stolen\n")
		require.NoError(t, os.Symlink(outside, filepath.Join(dir, "app.env")))
		time.Sleep(30 * time.Second)
		p, err := c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		require.NotNil(t, p.Status.ContainerStatuses[0].State.Waiting)
		require.NoError(t, os.Remove(filepath.Join(dir, "app.env")))
		write(t, filepath.Join(dir, "app.env"), "OTHER=1\n")
		c.until("web", "waiting", waitsFor("CreateContainerConfigError", `environment variable key "MODE" not found in file "app.env"`))
		write(t, filepath.Join(dir, "app.env"), "MODE='fast'\n")
		c.until("web", "ready", ready)
		require.Equal(t, []kubelet.EnvVar{{Name: "MODE", Value: "fast"}}, a.config(t, "web").Env)
	})
}
