package corev1_test

import (
	"strings"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// container makes a Pod of one container with further fields.
func container(fields string) string {
	return `{"spec":{"containers":[{"name":"c","image":"i:1",` + fields + `}]}}`
}

// podWith makes a Pod of one container with further fields of the spec.
func podWith(fields string) string {
	return `{"spec":{"containers":[{"name":"c","image":"i:1"}],` + fields + `}}`
}

// Faults are told container by container, as clients that print messages show them.
func TestContainersAreBlamedInOrder(t *testing.T) {
	pods := resource(t, "pods")
	pod := incoming(t, pods, `{"spec":{"containers":[{"name":"c","image":"i"},{"name":"c"},{"name":"C_","image":"i"}]}}`)
	got := texts(pods.Validate(pod))
	if len(got) != 3 || got[0] != "spec.containers[1].image: Required value" || got[1] != `spec.containers[1].name: Duplicate value: "c"` ||
		!strings.HasPrefix(got[2], "spec.containers[2].name: Invalid value") {
		t.Errorf("got %q", got)
	}
}

func TestPodIsRefused(t *testing.T) {
	testCreates(t, "pods", []refusal{
		{name: "smallest", body: container(`"command":["a"]`)},
		{"no containers", `{"spec":{}}`, []string{`spec.containers: Required value`}},
		{"bad name", `{"metadata":{"name":"Bad_Name"},"spec":{"containers":[{"name":"c","image":"i"}]}}`, []string{`metadata.name: Invalid value: "Bad_Name": ` + subdomain}},
		{"policies", `{"spec":{"containers":[{"name":"c","image":" i:1","imagePullPolicy":"Sometimes","terminationMessagePolicy":"Never"}]}}`, []string{
			`spec.containers[0].terminationMessagePolicy: Unsupported value: "Never": supported values: "File", "FallbackToLogsOnError"`,
			`spec.containers[0].imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
			`spec.containers[0].image: Invalid value: " i:1": must not have leading or trailing whitespace`,
		}},
		{"names of containers", `{"spec":{"containers":[{"image":"i"},{"name":"C_1","image":"i"},{"name":"d"},{"name":"d","image":"i"}],"initContainers":[{"name":"d","image":"i"}]}}`, []string{
			`spec.containers[0].name: Required value`,
			`spec.containers[1].name: Invalid value: "C_1": ` + dnsLabel,
			`spec.containers[2].image: Required value`,
			`spec.containers[3].name: Duplicate value: "d"`,
			`spec.initContainers[0].name: Duplicate value: "d"`,
		}},
		{"restart policy", podWith(`"restartPolicy":"always"`), []string{`spec.restartPolicy: Unsupported value: "always": supported values: "Always", "OnFailure", "Never"`}},
		{"ephemeral on create", podWith(`"ephemeralContainers":[{"name":"e","image":"i"}]`), []string{`spec.ephemeralContainers: Forbidden: cannot be set on create`}},
		{"gated with a node", podWith(`"nodeName":"n","schedulingGates":[{"name":"g"}]`), []string{`spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared`}},
		{"names in the spec", podWith(`"nodeName":"Not_A_Node","hostname":"a.b","subdomain":"Sub"`), []string{
			`spec.nodeName: Invalid value: "Not_A_Node": ` + subdomain,
			`spec.hostname: Invalid value: "a.b": must not contain dots`,
			`spec.subdomain: Invalid value: "Sub": ` + dnsLabel,
		}},
		{"OS", podWith(`"os":{"name":"plan9"}`), []string{`spec.os: Unsupported value: "plan9": supported values: "linux", "windows"`}},
		{"windows", podWith(`"os":{"name":"windows"},"hostPID":true,"securityContext":{"fsGroup":1,"runAsUser":1}`), []string{
			`spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod`,
			`spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod`,
			`spec.hostPID: Forbidden: cannot be set for a windows pod`,
		}},
		{"own users on the host", podWith(`"hostUsers":false,"hostNetwork":true,"hostPID":true,"hostIPC":true`), []string{
			"spec.hostNetwork: Forbidden: when `hostUsers` is false",
			"spec.HostPID: Forbidden: when `hostUsers` is false",
			"spec.HostIPC: Forbidden: when `hostUsers` is false",
		}},
	})
}

func TestPodPorts(t *testing.T) {
	testCreates(t, "pods", []refusal{
		{name: "fine", body: container(`"ports":[{"containerPort":80},{"name":"dns","containerPort":53,"protocol":"UDP"},{"containerPort":9,"protocol":"SCTP","hostPort":9,"hostIP":"10.1.1.1"}]`)},
		{"numbers", container(`"ports":[{"containerPort":0},{"containerPort":65536},{"containerPort":-1},{"containerPort":1,"hostPort":70000}]`), []string{
			`spec.containers[0].ports[0].containerPort: Required value`,
			`spec.containers[0].ports[1].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive`,
			`spec.containers[0].ports[2].containerPort: Invalid value: -1: must be between 1 and 65535, inclusive`,
			`spec.containers[0].ports[3].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
		}},
		{"names", container(`"ports":[{"name":"12","containerPort":3},{"name":"a--b","containerPort":4},{"name":"a","containerPort":1},{"name":"a","containerPort":2}]`), []string{
			`spec.containers[0].ports[0].name: Invalid value: "12": must contain at least one letter (a-z)`,
			`spec.containers[0].ports[1].name: Invalid value: "a--b": must not contain consecutive hyphens`,
			`spec.containers[0].ports[3].name: Duplicate value: "a"`,
		}},
		{"protocols", container(`"ports":[{"containerPort":1,"protocol":"tcp"}]`), []string{
			`spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"`,
		}},
		{"host ports clash", `{"spec":{"containers":[{"name":"a","image":"i","ports":[{"containerPort":1,"hostPort":80}]},{"name":"b","image":"i","ports":[{"containerPort":2,"hostPort":80}]}]}}`,
			[]string{`spec.containers[1].ports[0].hostPort: Duplicate value: "TCP//80"`}},
		{"host network", `{"spec":{"hostNetwork":true,"containers":[{"name":"a","image":"i","ports":[{"containerPort":80},{"containerPort":1,"hostPort":81}]}]}}`,
			[]string{"spec.containers[0].ports[1].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true"}},
	})
}

func TestPodEnv(t *testing.T) {
	one := func(fields string) string { return container(`"env":[{"name":"A",` + fields + `}]`) }
	const at = `spec.containers[0].env[0].valueFrom`
	testCreates(t, "pods", []refusal{
		{name: "fine", body: one(`"valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a']"}}`)},
		{name: "host of old", body: one(`"valueFrom":{"fieldRef":{"fieldPath":"spec.host"}}`)},
		{"names", container(`"env":[{"value":"x"},{"name":"a=b"}]`), []string{
			`spec.containers[0].env[0].name: Required value`,
			`spec.containers[0].env[1].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
		}},
		{"value and source", one(`"value":"x","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}`), []string{at + ": Invalid value: \"\": may not be specified when `value` is not empty"}},
		{"no source", one(`"valueFrom":{}`), []string{at + ": Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"}},
		{"two sources", one(`"valueFrom":{"fieldRef":{"fieldPath":"metadata.name"},"secretKeyRef":{"name":"s","key":"k"}}`), []string{at + `: Invalid value: "": may not have more than one field specified at a time`}},
		{"field not told", one(`"valueFrom":{"fieldRef":{"fieldPath":"metadata.labels"}}`), []string{at + `.fieldRef.fieldPath: Unsupported value: "metadata.labels": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"`}},
		{"no field", one(`"valueFrom":{"fieldRef":{"fieldPath":"spec.containers"}}`), []string{at + `.fieldRef.fieldPath: Invalid value: "spec.containers": error converting fieldPath: field label not supported: spec.containers`}},
		{"divisor", one(`"valueFrom":{"resourceFieldRef":{"resource":"limits.cpu","divisor":"3"}}`), []string{at + `.resourceFieldRef.divisor: Invalid value: "limits.cpu": only divisor's values 1m and 1 are supported with the cpu resource`}},
		{"key", one(`"valueFrom":{"secretKeyRef":{"name":"","key":"a/b"}}`), []string{
			at + `.secretKeyRef.name: Invalid value: "": ` + subdomain,
			at + `.secretKeyRef.key: Invalid value: "a/b": ` + configKey,
		}},
		{"file", one(`"valueFrom":{"fileKeyRef":{"volumeName":"","path":"/f","key":"a=b"}}`), []string{
			at + `.fileKeyRef.key: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
			at + `.fileKeyRef.volumeName: Required value`,
			at + `.fileKeyRef.volumeName: Not found: ""`,
		}},
		{"all of a map", container(`"envFrom":[{"configMapRef":{}},{"secretRef":{"name":"Bad_Name"}}]`), []string{
			`spec.containers[0].envFrom[0].configMapRef.name: Required value`,
			`spec.containers[0].envFrom[1].secretRef.name: Invalid value: "Bad_Name": ` + subdomain,
		}},
		{"all of nothing", container(`"envFrom":[{"prefix":"a b"}]`), []string{"spec.containers[0].envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`"}},
	})
}

func TestPodProbesAndHooks(t *testing.T) {
	const p = `spec.containers[0].livenessProbe`
	testCreates(t, "pods", []refusal{
		{name: "fine", body: container(`"livenessProbe":{"httpGet":{"port":"web"}},"readinessProbe":{"tcpSocket":{"port":80},"successThreshold":3},"startupProbe":{"exec":{"command":["a"]}}`)},
		{"no handler", container(`"livenessProbe":{}`), []string{p + `: Required value: must specify a handler type`}},
		{"two handlers", container(`"livenessProbe":{"httpGet":{"port":80},"tcpSocket":{"port":80}}`), []string{p + `.tcpSocket: Forbidden: may not specify more than 1 handler type`}},
		{"negative", container(`"livenessProbe":{"exec":{"command":["a"]},"initialDelaySeconds":-1,"timeoutSeconds":-1,"periodSeconds":-1,"failureThreshold":-1}`), []string{
			p + `.initialDelaySeconds: Invalid value: -1: must be greater than or equal to 0`,
			p + `.timeoutSeconds: Invalid value: -1: must be greater than or equal to 0`,
			p + `.periodSeconds: Invalid value: -1: must be greater than or equal to 0`,
			p + `.failureThreshold: Invalid value: -1: must be greater than or equal to 0`,
		}},
		{"success", container(`"livenessProbe":{"exec":{"command":["a"]},"successThreshold":2,"terminationGracePeriodSeconds":0}`), []string{
			p + `.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0`,
			p + `.successThreshold: Invalid value: 2: must be 1`,
		}},
		{"readiness", container(`"readinessProbe":{"exec":{"command":[]},"terminationGracePeriodSeconds":3}`), []string{
			`spec.containers[0].readinessProbe.exec.command: Required value`,
			`spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be set for readinessProbes`,
		}},
		{"http", container(`"livenessProbe":{"httpGet":{"port":0,"scheme":"FTP","httpHeaders":[{"name":"a b","value":"c"}]}}`), []string{
			p + `.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive`,
			p + `.httpGet.scheme: Unsupported value: "FTP": supported values: "HTTP", "HTTPS"`,
			p + `.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
		}},
		{"sleep", container(`"lifecycle":{"preStop":{"sleep":{"seconds":31}}}`), []string{`spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)`}},
		{name: "sleep to the end", body: container(`"lifecycle":{"preStop":{"sleep":{"seconds":30}}}`)},
		{"init container", podWith(`"initContainers":[{"name":"i","image":"i","readinessProbe":{"exec":{"command":["x"]}},"lifecycle":{"preStop":{"exec":{"command":["y"]}}}}]`), []string{
			`spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always`,
			`spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always`,
		}},
		{name: "sidecar", body: podWith(`"initContainers":[{"name":"i","image":"i","restartPolicy":"Always","readinessProbe":{"exec":{"command":["x"]}}}]`)},
		{"restart rules", container(`"restartPolicy":"Never","restartPolicyRules":[{"action":"Stop","exitCodes":{"operator":"Near","values":[]}},{"action":"Restart"}]`), []string{
			`spec.containers[0].restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"`,
			`spec.containers[0].restartPolicyRules[0].exitCodes.operator: Unsupported value: "Near": supported values: "In", "NotIn"`,
			`spec.containers[0].restartPolicyRules[1].exitCodes: Required value: must be specified`,
		}},
		{"rules alone", container(`"restartPolicyRules":[{"action":"Restart","exitCodes":{"operator":"In","values":[42]}}]`), []string{
			`spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used`,
		}},
	})
}

func TestPodResources(t *testing.T) {
	const p = `spec.containers[0].resources`
	testCreates(t, "pods", []refusal{
		{"more than the limit", container(`"resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"2","memory":"2Gi"}}`), []string{
			p + `.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
			p + `.requests: Invalid value: "2Gi": must be less than or equal to memory limit of 1Gi`,
		}},
		{"negative", container(`"resources":{"limits":{"cpu":"-1"}}`), []string{
			p + `.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
			p + `.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`,
		}},
		{"names", container(`"resources":{"requests":{"storage":"1","foo":"1","requests.cpu":"1"}}`), []string{
			p + `.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified`,
			p + `.requests[foo]: Invalid value: "foo": must be a standard resource for containers`,
			p + `.requests[requests.cpu]: Invalid value: "requests.cpu": must be a standard resource for containers`,
			p + `.requests[storage]: Invalid value: "storage": must be a standard resource for containers`,
		}},
		{"extended resources", container(`"resources":{"limits":{"example.com/gpu":"1500m"},"requests":{"example.com/gpu":"1","example.com/x":"1"}}`), []string{
			p + `.limits[example.com/gpu]: Invalid value: "1500m": must be an integer`,
			p + `.requests: Invalid value: "1": must be equal to example.com/gpu limit of 1500m`,
			p + `.limits: Required value: Limit must be set for non overcommitable resources`,
		}},
		{"huge pages", container(`"resources":{"limits":{"hugepages-2Mi":"3Mi"}}`), []string{
			p + `.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
			p + `.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
			p + `: Forbidden: HugePages require cpu or memory`,
		}},
		{"claims", container(`"resources":{"claims":[{"name":"none"},{"name":""}]}`), []string{
			p + `.claims[0]: Not found: "none": must be one of the names in pod.spec.resourceClaims which is empty`,
			p + `.claims[1]: Required value`,
		}},
		{"claims of the Pod", podWith(`"resourceClaims":[{"name":"gpu"},{"name":"gpu","resourceClaimName":"x","resourceClaimTemplateName":"y"}]`), []string{
			"spec.resourceClaims[0]: Invalid value: {\"Name\":\"gpu\",\"ResourceClaimName\":null,\"ResourceClaimTemplateName\":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
			`spec.resourceClaims[1].name: Duplicate value: "gpu"`,
			"spec.resourceClaims[1]: Invalid value: {\"Name\":\"gpu\",\"ResourceClaimName\":\"x\",\"ResourceClaimTemplateName\":\"y\"}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
		}},
		{"resize policy", container(`"resizePolicy":[{"resourceName":"cpu","restartPolicy":"Perhaps"},{"resourceName":"storage","restartPolicy":"NotRequired"},{"resourceName":"cpu","restartPolicy":"NotRequired"}]`), []string{
			`spec.containers[0].resizePolicy: Unsupported value: "Perhaps": supported values: "NotRequired", "RestartContainer"`,
			`spec.containers[0].resizePolicy: Unsupported value: "storage": supported values: "cpu", "memory"`,
			`spec.containers[0].resizePolicy[2]: Duplicate value: "cpu"`,
		}},
		{"of the Pod", podWith(`"resources":{"requests":{"cpu":"1","storage":"1"}}`), []string{
			`spec.resources.requests[storage]: Unsupported value: "storage": supported values: "cpu", "hugepages-", "memory"`,
		}},
		{"less than its containers ask for", `{"spec":{"resources":{"requests":{"cpu":"1"}},"containers":[{"name":"c","image":"i","resources":{"requests":{"cpu":"2"}}}]}}`, []string{
			`spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2`,
		}},
	})
}

func TestPodScheduling(t *testing.T) {
	const spread = `"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"x"}}`
	const p = `spec.topologySpreadConstraints[0]`
	testCreates(t, "pods", []refusal{
		{name: "fine", body: podWith(spread + `,"matchLabelKeys":["app"]}],"tolerations":[{"operator":"Exists"},{"key":"b","value":"c","effect":"NoSchedule"}]`)},
		{"tolerations", podWith(`"tolerations":[{"key":"a","operator":"Exists","value":"b"},{"value":"b"},{"key":"a","effect":"Sometimes"},{"key":"a","effect":"NoSchedule","tolerationSeconds":5},{"key":"a","operator":"In"},{"key":"a","operator":"Gt","value":"5"}]`), []string{
			`spec.tolerations[0].operator: Invalid value: "b": value must be empty when ` + "`operator`" + ` is 'Exists'`,
			`spec.tolerations[1].operator: Invalid value: "": operator must be Exists when ` + "`key`" + ` is empty, which means "match all values and all keys"`,
			`spec.tolerations[2].effect: Unsupported value: "Sometimes": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"`,
			`spec.tolerations[3].effect: Invalid value: "NoSchedule": effect must be 'NoExecute' when ` + "`tolerationSeconds`" + ` is set`,
			`spec.tolerations[4].operator: Unsupported value: "In": supported values: "Equal", "Exists"`,
			`spec.tolerations[5].operator: Unsupported value: "Gt": supported values: "Equal", "Exists", "Lt", "Gt"`,
		}},
		{"spread twice", podWith(spread + `},{"maxSkew":0,"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{}}]`), []string{
			p + `.{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"`,
			`spec.topologySpreadConstraints[1].maxSkew: Invalid value: 0: must be greater than zero`,
		}},
		{"spread", podWith(`"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"","whenUnsatisfiable":"ScheduleAnyway","minDomains":0,"nodeTaintsPolicy":"maybe","matchLabelKeys":["a","a","!"]}]`), []string{
			p + `.topologyKey: Required value: can not be empty`,
			p + `.minDomains: Invalid value: 0: must be greater than zero`,
			p + `.minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway`,
			p + `.nodeTaintsPolicy: Unsupported value: "maybe": supported values: "Honor", "Ignore"`,
			p + `.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`,
		}},
		{"node affinity", podWith(`"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"z","operator":"In"},{"key":"z","operator":"Near"}],"matchFields":[{"key":"x","operator":"In","values":["a"]}]}]},
			"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":0,"preference":{}}]}}`), []string{
			`spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when ` + "`operator`" + ` is 'In' or 'NotIn'`,
			`spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].operator: Invalid value: "Near": not a valid selector operator`,
			`spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: "x": not a valid field selector key`,
			`spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100`,
		}},
		{"pod affinity", podWith(`"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"","namespaces":["Bad"],"labelSelector":{}}]}}`), []string{
			`spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespace: Invalid value: "Bad": ` + dnsLabel,
			`spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty`,
			`spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty`,
			`spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
		}},
	})
}

func TestPodSecurityAndDNS(t *testing.T) {
	const sc = `spec.containers[0].securityContext`
	empty := `"Privileged":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}`
	testCreates(t, "pods", []refusal{
		{"escalation", container(`"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"add":["CAP_SYS_ADMIN"]}}`), []string{
			sc + `: Invalid value: {"Capabilities":{"Add":["CAP_SYS_ADMIN"],"Drop":null},` + empty + ": cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
		}},
		{"users", container(`"securityContext":{"runAsUser":-1,"runAsGroup":4294967296,"procMount":"Unmasked","seccompProfile":{"type":"Odd"}}`), []string{
			sc + `.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`,
			sc + `.runAsGroup: Invalid value: 4294967296: must be between 0 and 2147483647, inclusive`,
			sc + ".procMount: Invalid value: \"Unmasked\": `hostUsers` must be false to use `Unmasked`",
			sc + `.seccompProfile.type: Unsupported value: "Odd": supported values: "Localhost", "RuntimeDefault", "Unconfined"`,
		}},
		{"host process", container(`"securityContext":{"windowsOptions":{"hostProcess":true}}`), []string{
			`spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers`,
		}},
		{"sysctls", podWith(`"hostNetwork":true,"securityContext":{"sysctls":[{"name":"net.x","value":"1"},{"name":"a/b","value":"1"},{"name":"a.b","value":"1"}]}`), []string{
			`spec.securityContext.sysctls[0].name: Invalid value: "net.x": may not be specified when 'hostNetwork' is true`,
			`spec.securityContext.sysctls[2].name: Duplicate value: "a.b"`,
		}},
		{"shared processes", podWith(`"hostPID":true,"shareProcessNamespace":true`), []string{`spec.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled`}},
		{"AppArmor annotation", `{"metadata":{"annotations":{"container.apparmor.security.beta.kubernetes.io/c":"odd","container.apparmor.security.beta.kubernetes.io/other":"unconfined"}},"spec":{"containers":[{"name":"c","image":"i"}]}}`, []string{
			`metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Invalid value: "odd": invalid AppArmor profile name: "odd"`,
			`metadata.annotations[container.apparmor.security.beta.kubernetes.io/other]: Invalid value: "other": container not found`,
		}},
		{"own DNS without any", podWith(`"dnsPolicy":"None"`), []string{"spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"}},
		{"DNS", podWith(`"dnsPolicy":"Sometimes","dnsConfig":{"nameservers":["1.1.1.1","2.2.2.2","3.3.3.3","ns"],"options":[{"value":"1"}]}`), []string{
			`spec.dnsPolicy: Unsupported value: "Sometimes": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"`,
			`spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","2.2.2.2","3.3.3.3","ns"]: must not have more than 3 nameservers`,
			`spec.dnsConfig.nameservers[3]: Invalid value: "ns": ` + anyIP,
			`spec.dnsConfig.options[0]: Required value: must not be empty`,
		}},
		{"host aliases", podWith(`"hostAliases":[{"ip":"1.2.3.04","hostnames":["Bad_"]}]`), []string{
			`spec.hostAliases[0].ip: Invalid value: "1.2.3.04": must not have leading 0s`,
			`spec.hostAliases[0].hostnames[0]: Invalid value: "Bad_": ` + subdomain,
		}},
		{"other hostname", podWith(`"hostnameOverride":"my.host","hostNetwork":true`), []string{`spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true`}},
	})
}

func TestPodVolumes(t *testing.T) {
	volume := func(source string) string { return podWith(`"volumes":[{"name":"v",` + source + `}]`) }
	const v = `spec.volumes[0]`
	testCreates(t, "pods", []refusal{
		{"names", podWith(`"volumes":[{"name":"v"},{"name":"v"},{"name":"V.1"},{}]`), []string{
			`spec.volumes[1].name: Duplicate value: "v"`,
			`spec.volumes[2].name: Invalid value: "V.1": ` + dnsLabel,
			`spec.volumes[3].name: Required value`,
		}},
		{"two sources", volume(`"hostPath":{"path":"/x"},"nfs":{}`), []string{v + `.nfs: Forbidden: may not specify more than 1 volume type`}},
		{"csi", podWith(`"volumes":[{"name":"v","csi":{}},{"name":"w","csi":{"driver":"d","nodePublishSecretRef":{}}}]`), []string{
			v + `.csi.driver: Required value`,
			`spec.volumes[1].csi.nodePublishSecretRef.name: Required value`,
		}},
		{"ephemeral", volume(`"ephemeral":{"volumeClaimTemplate":{"metadata":{"name":"x","finalizers":["a/b"]},"spec":{"accessModes":["ReadWriteOncePod","ReadOnlyMany"],"volumeMode":"Tape"}}}`), []string{
			v + `.ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set`,
			v + `.ephemeral.volumeClaimTemplate.metadata.finalizers: Forbidden: cannot be set`,
			v + `.ephemeral.volumeClaimTemplate.spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes`,
			v + `.ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value`,
			v + `.ephemeral.volumeClaimTemplate.spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"`,
		}},
		{"image", volume(`"image":{"pullPolicy":"Maybe"}`), []string{
			v + `.image.reference: Required value`,
			v + `.image.pullPolicy: Unsupported value: "Maybe": supported values: "Always", "IfNotPresent", "Never"`,
		}},
		{"tokens", podWith(`"serviceAccountName":"s","volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":{"path":"t","expirationSeconds":599}},{"serviceAccountToken":{"expirationSeconds":4294967297}}]}}]`), []string{
			v + `.projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes`,
			v + `.projected.sources[1].serviceAccountToken.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds`,
			v + `.projected.path: Required value`,
		}},
		{"token of nobody", volume(`"projected":{"sources":[{"serviceAccountToken":{"path":"t"}}]}`), []string{
			v + `.projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set`,
		}},
		{"projected", volume(`"projected":{"defaultMode":1000,"sources":[{"secret":{"name":"s","items":[{"key":"a","path":"x"}]}},{"configMap":{"name":"m","items":[{"key":"a","path":"x"}]}},{"secret":{},"configMap":{"name":"m"}},{"downwardAPI":{"items":[{"path":""}]}},{"clusterTrustBundle":{"path":"../x"}}]}`), []string{
			v + `.projected.defaultMode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive`,
			v + `.projected: Invalid value: "m": conflicting duplicate paths`,
			v + `.projected.sources[2].secret.name: Required value`,
			v + `.projected.sources[2]: Forbidden: may not specify more than 1 volume type per source`,
			v + `.projected.sources[3].downwardAPI.path: Required value`,
			v + `.projected.sources[3].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required`,
			v + `.projected.sources[4].clusterTrustBundle: Required value: either name or signerName must be specified`,
			v + `.projected.sources[4].clusterTrustBundle.path: Invalid value: "../x": must not contain '..'`,
		}},
		{"mounts", `{"spec":{"containers":[{"name":"c","image":"i","volumeMounts":[{"name":"none","mountPath":"/a"},{"name":"v","mountPath":"/a","subPath":"/x","mountPropagation":"Bidirectional"},{"name":"v","mountPath":"/b","recursiveReadOnly":"Enabled"}]}],"volumes":[{"name":"v"}]}}`, []string{
			`spec.containers[0].volumeMounts[0].name: Not found: "none"`,
			`spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/a": must be unique`,
			`spec.containers[0].volumeMounts.subPath: Invalid value: "/x": must be a relative path`,
			`spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
			`spec.containers[0].volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true`,
		}},
		{"devices", `{"spec":{"containers":[{"name":"c","image":"i","volumeDevices":[{"name":"v","devicePath":"/a"},{"name":"none","devicePath":"/a"}]}],"volumes":[{"name":"v"}]}}`, []string{
			`spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
			`spec.containers[0].volumeDevices[1].name: Not found: "none"`,
			`spec.containers[0].volumeDevices[1].devicePath: Invalid value: "/a": must be unique`,
		}},
	})
}

func TestPodTemplateIsRefused(t *testing.T) {
	template := &corev1.PodTemplateSpec{}
	template.Labels = map[string]string{"a": "bad value!"}
	template.Spec.Containers = []corev1.Container{{Name: "c", Image: " i"}}
	template.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "e", Image: "i"}}}
	corev1.DefaultPodTemplate(template)
	same(t, texts(corev1.ValidatePodTemplate(template, validate.NewPath("spec", "template"))), []string{
		`spec.template.labels: Invalid value: "bad value!": ` + strings.Join(names.LabelValue("bad value!"), ""),
		`spec.template.spec.ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template`,
	})
}

func TestPodRulesSeenAtClients(t *testing.T) {
	const label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
	volume := func(source string) string { return podWith(`"volumes":[{"name":"v",` + source + `}]`) }
	testCreates(t, "pods", []refusal{
		{"said once", container(`"envFrom":[{},{}]`), []string{"spec.containers[0].envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`"}},
		{"restart rules without a policy", container(`"restartPolicyRules":[{"action":"Stop"}]`), []string{
			`spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are used`,
			`spec.containers[0].restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"`,
			`spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified`,
		}},
		{"partitions", volume(`"gcePersistentDisk":{"pdName":"","partition":256}`), []string{
			`spec.volumes[0].persistentDisk.pdName: Required value`,
			`spec.volumes[0].persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive`,
		}},
		{"host path of no path", volume(`"hostPath":{"path":"","type":"bad"}`), []string{`spec.volumes[0].hostPath.path: Required value`}},
		{"signers", volume(`"projected":{"sources":[{"clusterTrustBundle":{"path":"a","signerName":"A/b"}},{"clusterTrustBundle":{"path":"b","signerName":"a"}}]}`), []string{
			`spec.volumes[0].projected.sources[0].clusterTrustBundle.signerName: Invalid value: "A": validating label "A": ` + label,
			`spec.volumes[0].projected.sources[0].clusterTrustBundle.signerName: Invalid value: "A": should be a domain with at least two segments separated by dots`,
			`spec.volumes[0].projected.sources[1].clusterTrustBundle.signerName: Invalid value: "a": must be a fully qualified domain and path of the form 'example.com/signer-name'`,
		}},
		{"keys of nobody", volume(`"projected":{"sources":[{"podCertificate":{"signerName":"a.b/c","keyType":"ED25519","keyPath":"k","userAnnotations":{"a":"b","x.y/z":""}}}]}`), []string{
			`spec.volumes[0].projected.sources[0].podCertificate.userAnnotations: Invalid value: "a": must be a domain-prefixed key (such as "acme.io/foo")`,
		}},
		{"resources of a Windows Pod", podWith(`"os":{"name":"windows"},"resources":{}`), []string{`spec.resources: Forbidden: may not be set for a windows pod`}},
		{"claims of a Pod", podWith(`"resources":{"claims":[{"name":"x"}]}`), []string{
			`spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level`,
			`spec.resources.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims which is empty`,
		}},
		{"two host names", podWith(`"hostnameOverride":"A","setHostnameAsFQDN":true,"hostNetwork":true`), []string{
			`spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true`,
			`spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true`,
			`spec.hostnameOverride: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
		}},
		{name: "values that no node has are only not preferred", body: podWith(`"affinity":{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":1,"preference":{"matchExpressions":[{"key":"a","operator":"In","values":["b c"]}]}}]}}`)},
		{name: "init containers have resize policies", body: podWith(`"initContainers":[{"name":"i","image":"i","resizePolicy":[{"resourceName":"cpu","restartPolicy":"NotRequired"}]}]`)},
		{name: "what is not in use is dropped, right or wrong", body: podWith(`"schedulingGroup":{"podGroupName":"A B"},"evictionResponders":[{}],"volumes":[{"name":"v","emptyDir":{"mode":-1}},{"name":"s","secret":{"secretName":"s","defaultUser":-1,"items":[{"key":"k","path":"p","user":-1}]}}]`)},
	})
}

func TestUnusedPodFields(t *testing.T) {
	pod := incoming(t, resource(t, "pods"), `{"spec":{"schedulingGroup":{"podGroupName":"g"},"evictionResponders":[{"name":"a.b/c","priority":1}],
		"volumes":[{"name":"e","emptyDir":{"mode":5}},{"name":"p","projected":{"sources":[{"serviceAccountToken":{"path":"t","user":5}}]}}],
		"containers":[{"name":"c","image":"i","volumeMounts":[{"name":"e","mountPath":"/e","bindMountOptions":["a"]}],
			"livenessProbe":{"httpGet":{"port":80,"protocol":"HTTP2"}},"startupProbe":{"grpc":{"port":80,"mode":"TLS"}}}]}}`).(*corev1.Pod)
	s, c := &pod.Spec, &pod.Spec.Containers[0]
	if s.SchedulingGroup != nil || s.EvictionResponders != nil || s.Volumes[0].EmptyDir.Mode != nil || s.Volumes[1].Projected.Sources[0].ServiceAccountToken.User != nil ||
		c.VolumeMounts[0].BindMountOptions != nil || c.LivenessProbe.HTTPGet.Protocol != nil || c.StartupProbe.GRPC.Mode != nil {
		t.Errorf("fields that are not in use are kept: %+v", s)
	}
}
