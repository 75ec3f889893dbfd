package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

const (
	configKind    = "KubeletConfiguration"
	configVersion = "kubelet.config.k8s.io/v1beta1"
)

// configFlags are the fields of a KubeletConfiguration that say what a flag says.
var configFlags = map[string]string{
	"address":                                    "address",
	"allowedUnsafeSysctls":                       "allowed-unsafe-sysctls",
	"authentication.anonymous.enabled":           "anonymous-auth",
	"authentication.x509.clientCAFile":           "client-ca-file",
	"authorization.mode":                         "authorization-mode",
	"cgroupRoot":                                 "cgroup-root",
	"clusterDNS":                                 "cluster-dns",
	"clusterDomain":                              "cluster-domain",
	"containerLogMaxFiles":                       "container-log-max-files",
	"containerLogMaxSize":                        "container-log-max-size",
	"containerRuntimeEndpoint":                   "container-runtime-endpoint",
	"enforceNodeAllocatable":                     "enforce-node-allocatable",
	"crashLoopBackOff.maxContainerRestartPeriod": "max-container-restart-period",
	"evictionHard":                               "eviction-hard",
	"evictionMaxPodGracePeriod":                  "eviction-max-pod-grace-period",
	"evictionPressureTransitionPeriod":           "eviction-pressure-transition-period",
	"evictionSoft":                               "eviction-soft",
	"evictionSoftGracePeriod":                    "eviction-soft-grace-period",
	"healthzBindAddress":                         "healthz-bind-address",
	"healthzPort":                                "healthz-port",
	"imageGCHighThresholdPercent":                "image-gc-high-threshold",
	"imageGCLowThresholdPercent":                 "image-gc-low-threshold",
	"imageMinimumGCAge":                          "minimum-image-ttl-duration",
	"kubeReserved":                               "kube-reserved",
	"maxPods":                                    "max-pods",
	"nodeLeaseDurationSeconds":                   "node-lease-duration-seconds",
	"nodeStatusReportFrequency":                  "node-status-report-frequency",
	"nodeStatusUpdateFrequency":                  "node-status-update-frequency",
	"podCIDR":                                    "pod-cidr",
	"podLogsDir":                                 "pod-logs-dir",
	"podPidsLimit":                               "pod-max-pids",
	"port":                                       "port",
	"providerID":                                 "provider-id",
	"registerWithTaints":                         "register-with-taints",
	"resolvConf":                                 "resolv-conf",
	"seccompDefault":                             "seccomp-default",
	"serverTLSBootstrap":                         "rotate-server-certificates",
	"shutdownGracePeriod":                        "shutdown-grace-period",
	"shutdownGracePeriodCriticalPods":            "shutdown-grace-period-critical-pods",
	"staticPodPath":                              "pod-manifest-path",
	"systemReserved":                             "system-reserved",
	"tlsCertFile":                                "tls-cert-file",
	"tlsPrivateKeyFile":                          "tls-private-key-file",
	"volumePluginDir":                            "volume-plugin-dir",
}

// configFixed are the fields about which there is no choice here, and what they may
// be: what this kubelet does. Where that is nothing, it does nothing of the kind.
var configFixed = map[string][]any{
	"authentication.webhook.cacheTTL": {}, "authentication.webhook.enabled": {true},
	"authorization.webhook.cacheAuthorizedTTL": {}, "authorization.webhook.cacheUnauthorizedTTL": {},
	"cgroupDriver": {"cgroupfs"}, "cgroupsPerQOS": {true}, "configMapAndSecretChangeDetectionStrategy": {"Watch"},
	"containerLogMaxWorkers": {}, "containerLogMonitorInterval": {}, "contentType": {}, "cpuCFSQuota": {true}, "cpuCFSQuotaPeriod": {"100ms"},
	"cpuManagerPolicy": {"none"}, "cpuManagerPolicyOptions": {}, "cpuManagerReconcilePeriod": {},
	"enableContentionProfiling": {false}, "enableControllerAttachDetach": {true}, "enableDebugFlagsHandler": {}, "enableDebuggingHandlers": {true},
	"enableProfilingHandler": {true}, "enableServer": {true}, "enableSystemLogHandler": {true}, "enableSystemLogQuery": {false},
	"eventBurst": {}, "eventRecordQPS": {}, "evictionMinimumReclaim": {}, "failSwapOn": {false}, "featureGates": {}, "fileCheckFrequency": {},
	"hairpinMode": {}, "httpCheckFrequency": {}, "imageMaximumGCAge": {}, "imagePullCredentialsVerificationPolicy": {"NeverVerify"}, "imageServiceEndpoint": {},
	"iptablesDropBit": {}, "iptablesMasqueradeBit": {}, "kernelMemcgNotification": {false}, "kubeAPIBurst": {}, "kubeAPIQPS": {}, "kubeReservedCgroup": {}, "kubeletCgroups": {},
	"localStorageCapacityIsolation": {true}, "logging.flushFrequency": {}, "logging.format": {"text"}, "logging.options": {}, "logging.verbosity": {}, "logging.vmodule": {},
	"makeIPTablesUtilChains": {false}, "maxOpenFiles": {}, "maxParallelImagePulls": {}, "memoryManagerPolicy": {"None"}, "memorySwap.swapBehavior": {"NoSwap"}, "memoryThrottlingFactor": {},
	"mergeDefaultEvictionSettings": {false}, "nodeStatusMaxImages": {json.Number("50")}, "oomScoreAdj": {},
	"podsPerCore": {}, "preloadedImagesVerificationAllowlist": {}, "protectKernelDefaults": {false}, "qosReserved": {}, "readOnlyPort": {}, "registerNode": {true},
	"registryBurst": {}, "registryPullQPS": {}, "reservedMemory": {}, "reservedSystemCPUs": {}, "rotateCertificates": {true}, "runOnce": {false}, "runtimeRequestTimeout": {},
	"serializeImagePulls": {true}, "showHiddenMetricsForVersion": {}, "shutdownGracePeriodByPodPriority": {},
	"singleProcessOOMKill": {false}, "staticPodURL": {}, "staticPodURLHeader": {}, "streamingConnectionIdleTimeout": {}, "syncFrequency": {}, "systemCgroups": {}, "systemReservedCgroup": {},
	"tlsCipherSuites": {}, "tlsMinVersion": {"VersionTLS12"}, "topologyManagerPolicy": {"none"}, "topologyManagerPolicyOptions": {}, "topologyManagerScope": {"container"},
	"tracing": {}, "userNamespaces.idsPerPod": {json.Number("65536")}, "volumeStatsAggPeriod": {},
}

// maps of the file whose keys are the user's, and so no fields.
var configMaps = []string{"evictionHard", "evictionSoft", "evictionSoftGracePeriod", "kubeReserved", "systemReserved"}

// readConfig takes what a configuration file says, and after it the files in a
// directory that end in .conf, in the order of their names, for the flags that were
// not given. An error names every field that is unknown, cannot be read, or asks for
// what is not there.
func readConfig(set *pflag.FlagSet, file, dir string) error {
	config := map[string]any{}
	files := []string{}
	if file != "" {
		files = append(files, file)
	}
	if dir != "" {
		// The files may be in directories below, as those of Kubernetes may.
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && filepath.Ext(path) == ".conf" {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("--config-dir: %w", err)
		}
	}
	for _, path := range files {
		part, err := readConfigFile(path)
		if err != nil {
			return fmt.Errorf("configuration %s: %w", path, err)
		}
		merge(config, part)
	}
	if err := applyConfig(set, config); err != nil {
		return fmt.Errorf("configuration %s: %w", strings.Join(files, ", "), err)
	}
	return nil
}

func readConfigFile(path string) (map[string]any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, problems, err := codec.YAMLToJSON(data, true)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		err = errors.Join(err, errors.New(p.String()))
	}
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var config map[string]any
	if err := decoder.Decode(&config); err != nil {
		return nil, fmt.Errorf("it is no object: %w", err)
	}
	if config["kind"] != configKind || config["apiVersion"] != configVersion {
		return nil, fmt.Errorf("it is %v of %v, not %s of %s", config["kind"], config["apiVersion"], configKind, configVersion)
	}
	delete(config, "kind")
	delete(config, "apiVersion")
	return config, nil
}

// merge puts the fields of one file over those of another; lists are replaced.
func merge(to, from map[string]any) {
	for key, value := range from {
		below, ok := value.(map[string]any)
		have, had := to[key].(map[string]any)
		if ok && had {
			merge(have, below)
			continue
		}
		to[key] = value
	}
}

// applyConfig sets flags that nobody has set.
func applyConfig(set *pflag.FlagSet, config map[string]any) error {
	var errs []error
	for _, path := range leaves("", config) {
		value := at(config, path)
		name, known := configFlags[path]
		fixed, is := configFixed[path]
		var err error
		switch {
		case known:
			err = setFlag(set, name, value)
		case is && (empty(value) || slices.Contains(fixed, value)):
		case is && len(fixed) > 0:
			err = fmt.Errorf("is %v here, %v is not there", fixed[0], value)
		case is:
			err = errors.New("is not there")
		default:
			err = errors.New("unknown field")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
		}
	}
	return errors.Join(errs...)
}

// leaves lists the paths of what has no fields, in order.
func leaves(prefix string, config map[string]any) []string {
	var paths []string
	for _, key := range slices.Sorted(maps.Keys(config)) {
		path := prefix + key
		below, ok := config[key].(map[string]any)
		_, fixed := configFixed[path]
		if ok && !fixed && !slices.Contains(configMaps, path) {
			paths = append(paths, leaves(path+".", below)...)
			continue
		}
		paths = append(paths, path)
	}
	return paths
}

func at(config map[string]any, path string) any {
	first, rest, more := strings.Cut(path, ".")
	if !more {
		return config[first]
	}
	below, _ := config[first].(map[string]any)
	return at(below, rest)
}

// empty reports whether a value is what a file has where its author chose nothing: the
// tools that write such files leave no field out.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == "" || v == "0" || v == "0s"
	case json.Number:
		return v == "0"
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, below := range v {
			if !empty(below) {
				return false
			}
		}
		return true
	}
	return false
}

// setFlag sets a flag that was not given on the command line.
func setFlag(set *pflag.FlagSet, name string, value any) error {
	flag := set.Lookup(name)
	if flag == nil {
		return fmt.Errorf("there is no flag --%s", name)
	}
	list, isList := value.([]any)
	// An empty list or file name is a choice where there is something by default.
	if flag.Changed || empty(value) && !isList && name != "resolv-conf" || value == nil {
		return nil
	}
	var texts []string
	switch v := value.(type) {
	case map[string]any:
		join := "="
		if name == "eviction-hard" || name == "eviction-soft" {
			join = "<"
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			text, err := scalar(v[key])
			if err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
			texts = append(texts, key+join+text)
		}
	case []any:
		for i, element := range list {
			text, err := scalar(element)
			if taint, ok := element.(map[string]any); ok && name == "register-with-taints" {
				text, err = taintText(taint)
			}
			if err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
			texts = append(texts, text)
		}
	default:
		text, err := scalar(value)
		if err != nil {
			return err
		}
		texts = []string{text}
	}
	if slice, ok := flag.Value.(pflag.SliceValue); ok {
		return slice.Replace(texts)
	}
	if isList {
		return errors.New("is a list and should not be one")
	}
	return flag.Value.Set(strings.Join(texts, ","))
}

// scalar is a value as a flag has it.
func scalar(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("%v is neither a string nor a number", value)
}

// taintText is a taint as the flag has it.
func taintText(taint map[string]any) (string, error) {
	var parts [3]string
	for key, value := range taint {
		i := slices.Index([]string{"key", "value", "effect"}, key)
		text, ok := value.(string)
		if !ok && value != nil || i < 0 && key != "timeAdded" {
			return "", fmt.Errorf("%s: unknown field", cmp.Or(key, `""`))
		}
		if i >= 0 {
			parts[i] = text
		}
	}
	return parts[0] + "=" + parts[1] + ":" + parts[2], nil
}
