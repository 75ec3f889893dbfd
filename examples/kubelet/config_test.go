package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

const header = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"

// configured are the flags as a file and a command line make them.
func configured(t *testing.T, text string, args ...string) (*flags, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubelet.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	var f flags
	set := pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	f.register(set)
	require.NoError(t, set.Parse(append(args, "--config", file)))
	return &f, readConfig(set, f.config, f.configDir)
}

func TestConfigurationFile(t *testing.T) {
	f, err := configured(t, header+`
authentication: {anonymous: {enabled: false}, webhook: {cacheTTL: 0s, enabled: true}, x509: {clientCAFile: /etc/ca.crt}}
authorization: {mode: Webhook, webhook: {cacheAuthorizedTTL: 0s}}
cgroupDriver: cgroupfs
clusterDNS: [10.0.0.10, "fd00::10"]
clusterDomain: example.local
crashLoopBackOff: {maxContainerRestartPeriod: 60s}
cpuManagerReconcilePeriod: 0s
enforceNodeAllocatable: []
evictionHard: {memory.available: 200Mi, nodefs.available: 5%}
evictionSoft: {}
evictionPressureTransitionPeriod: 0s
healthzPort: 10248
imageGCHighThresholdPercent: 90
logging: {flushFrequency: 0, options: {json: {infoBufferSize: "0"}}, verbosity: 0}
maxPods: 20
memorySwap: {}
nodeStatusUpdateFrequency: 1m30s
podPidsLimit: 500
registerWithTaints: [{key: a, value: b, effect: NoSchedule}, {key: c, effect: NoExecute}]
resolvConf: ""
rotateCertificates: true
serverTLSBootstrap: true
shutdownGracePeriod: 30s
shutdownGracePeriodCriticalPods: 10s
staticPodPath: /etc/kubernetes/manifests
systemReserved: {cpu: 200m, memory: 500Mi}
`, "--node-ip=192.0.2.1", "--max-pods=30", "--system-reserved=cpu=1", "--cluster-domain", "flag.local")
	require.NoError(t, err)
	require.Equal(t, "/etc/ca.crt", f.clientCAFile)
	require.Equal(t, []string{"10.0.0.10", "fd00::10"}, f.clusterDNS)
	require.Equal(t, time.Minute, f.mostRestartDelay)
	require.Equal(t, []string{"memory.available<200Mi", "nodefs.available<5%"}, f.evictionHard)
	require.Equal(t, 5*time.Minute, f.eviction.PressureTransitionPeriod, "what a file leaves empty is the default")
	require.EqualValues(t, 10248, f.healthzPort)
	require.Equal(t, 90, f.imageGC.HighThresholdPercent)
	require.Equal(t, 90*time.Second, f.heartbeat)
	require.EqualValues(t, 500, f.podPids)
	require.Equal(t, "/etc/kubernetes/manifests", f.manifests)
	require.True(t, f.rotateServing)
	require.Equal(t, kubelet.ShutdownOptions{Grace: 30 * time.Second, CriticalGrace: 10 * time.Second}, f.shutdown)
	require.Empty(t, f.resolvConf, "an empty name is a choice")
	// Flags go first.
	require.EqualValues(t, 30, f.maxPods)
	require.Equal(t, "flag.local", f.clusterDomain)
	require.Equal(t, map[string]string{"cpu": "1"}, f.systemReserved)
	s, err := f.read()
	require.NoError(t, err)
	require.False(t, s.bound, "nothing is enforced")
	require.Equal(t, []corev1.Taint{{Key: "a", Value: "b", Effect: "NoSchedule"}, {Key: "c", Effect: "NoExecute"}}, s.taints)
	require.Equal(t, corev1.ResourceList{"cpu": quantity.MustParse("1")}, s.reserved)
}

// Files of a directory go before the one file, in the order of their names.
func TestConfigurationDirectory(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"10-a.conf": header + "maxPods: 11\nsystemReserved: {memory: 1Gi}\n", "20-b.conf": header + "maxPods: 12\nclusterDNS: [10.0.0.12]\n", "30-c.yaml": "maxPods: 13\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	f, err := configured(t, header+"maxPods: 10\nclusterDNS: [10.0.0.10, 10.0.0.11]\nsystemReserved: {cpu: 100m}\n", "--config-dir", dir)
	require.NoError(t, err)
	require.EqualValues(t, 12, f.maxPods)
	require.Equal(t, []string{"10.0.0.12"}, f.clusterDNS)
	require.Equal(t, map[string]string{"cpu": "100m", "memory": "1Gi"}, f.systemReserved)
	_, err = configured(t, header, "--config-dir", filepath.Join(dir, "none"))
	require.ErrorContains(t, err, "--config-dir")
}

// An error names every field that is wrong.
func TestConfigurationThatIsWrong(t *testing.T) {
	for text, want := range map[string][]string{
		header + "maxPodz: 5\nauthentication: {webhok: {enabled: true}}\n":   {"maxPodz: unknown field", "authentication.webhok.enabled: unknown field"},
		header + "cgroupDriver: systemd\ncpuManagerPolicy: static\n":         {"cgroupDriver: is cgroupfs here, systemd is not there", "cpuManagerPolicy: is none here, static is not there"},
		header + "syncFrequency: 30s\nfeatureGates: {X: true}\n":             {"syncFrequency: is not there", "featureGates: is not there"},
		header + "maxPods: many\nclusterDomain: [a]\nclusterDNS: {a: b}\n":   {"maxPods: ", "clusterDomain: is a list", "clusterDNS.a: unknown field"},
		header + "registerWithTaints: [{key: a, efect: NoSchedule}]\n":       {"registerWithTaints: [0]: efect: unknown field"},
		header + "maxPods: 1\nmaxPods: 2\n":                                  {"maxPods"},
		header + "systemReserved: {cpu: [1]}\n":                              {"systemReserved: cpu: "},
		"apiVersion: kubelet.config.k8s.io/v1\nkind: KubeletConfiguration\n": {"not KubeletConfiguration of kubelet.config.k8s.io/v1beta1"},
		"[]": {"it is no object"}, "": {"not KubeletConfiguration"}, "a: {": {"yaml"},
		header + "registerNode: false\nenableServer: false\nreadOnlyPort: 10255\nlogging: {format: json}": {"registerNode: is true here", "enableServer: is true", "readOnlyPort: is not there", "logging.format: is text here"},
	} {
		_, err := configured(t, text)
		for _, part := range want {
			require.ErrorContains(t, err, part, text)
		}
	}
}

// Every flag that a field stands for is there, and no field is in two tables.
func TestConfigurationFields(t *testing.T) {
	var f flags
	set := pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	f.register(set)
	for field, name := range configFlags {
		require.NotNil(t, set.Lookup(name), field)
		require.NotContains(t, configFixed, field)
	}
}
