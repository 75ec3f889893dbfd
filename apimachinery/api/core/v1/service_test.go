package corev1_test

import (
	"fmt"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

func TestServiceDefaults(t *testing.T) {
	r := resource(t, "services")
	for _, c := range []struct{ body, want string }{
		{`{"spec":{"ports":[{"port":80}]}}`,
			`{"ports":[{"protocol":"TCP","port":80,"targetPort":80}],"type":"ClusterIP","sessionAffinity":"None","internalTrafficPolicy":"Cluster"}`},
		{`{"spec":{"ports":[{"port":80,"targetPort":"web"}],"type":"NodePort","sessionAffinity":"ClientIP"}}`,
			`{"ports":[{"protocol":"TCP","port":80,"targetPort":"web"}],"type":"NodePort","sessionAffinity":"ClientIP","externalTrafficPolicy":"Cluster","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}},"internalTrafficPolicy":"Cluster"}`},
		{`{"spec":{"ports":[{"port":80}],"type":"LoadBalancer"}}`,
			`{"ports":[{"protocol":"TCP","port":80,"targetPort":80}],"type":"LoadBalancer","sessionAffinity":"None","externalTrafficPolicy":"Cluster","allocateLoadBalancerNodePorts":true,"internalTrafficPolicy":"Cluster"}`},
		{`{"spec":{"type":"ExternalName","externalName":"db.example.com"}}`, `{"type":"ExternalName","sessionAffinity":"None","externalName":"db.example.com"}`},
		{`{"spec":{"ports":[{"port":80}],"externalIPs":["10.5.5.5"],"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":60}}}}`,
			`{"ports":[{"protocol":"TCP","port":80,"targetPort":80}],"type":"ClusterIP","externalIPs":["10.5.5.5"],"sessionAffinity":"None","externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster"}`},
	} {
		shows(t, &incoming(t, r, c.body).(*corev1.Service).Spec, c.want)
	}
}

func TestServiceIsRefused(t *testing.T) {
	testCreates(t, "services", []refusal{
		{name: "fine", body: `{"spec":{"ports":[{"port":80}]}}`},
		{name: "headless without ports", body: `{"spec":{"clusterIP":"None","clusterIPs":["None"]}}`},
		{name: "name with a dot at its end", body: `{"spec":{"type":"ExternalName","externalName":"db.example.com."}}`},
		{"no ports", `{"spec":{}}`, []string{`spec.ports: Required value`}},
		{"no name", `{"spec":{"type":"ExternalName"}}`, []string{`spec.externalName: Required value`}},
		{"name and address", `{"spec":{"type":"ExternalName","externalName":"Bad_Name","clusterIP":"10.0.0.9","clusterIPs":["10.0.0.9"]}}`, []string{
			`spec.clusterIPs: Forbidden: may not be set for ExternalName services`,
			`spec.externalName: Invalid value: "Bad_Name": ` + subdomain,
		}},
		{"affinity", `{"spec":{"ports":[{"port":80}],"sessionAffinity":"Sticky"}}`, []string{`spec.sessionAffinity: Unsupported value: "Sticky": supported values: "ClientIP", "None"`}},
		{"affinity timeout", `{"spec":{"ports":[{"port":80}],"sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":86401}}}}`,
			[]string{`spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400`}},
		{"traffic", `{"spec":{"ports":[{"port":80}],"internalTrafficPolicy":"Near","trafficDistribution":"Odd","externalTrafficPolicy":"Local"}}`, []string{
			`spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services`,
			`spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"`,
			`spec.trafficDistribution: Unsupported value: "Odd": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"`,
		}},
		{"external traffic", `{"spec":{"ports":[{"port":80}],"type":"NodePort","externalTrafficPolicy":"Odd"}}`, []string{`spec.externalTrafficPolicy: Unsupported value: "Odd": supported values: "Cluster", "Local"`}},
		{"health check", `{"spec":{"ports":[{"port":80}],"healthCheckNodePort":30040}}`, []string{"spec.healthCheckNodePort: Invalid value: 30040: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"}},
		{"families", `{"spec":{"ports":[{"port":80}],"ipFamilies":["IPv4","IPv4"],"ipFamilyPolicy":"Odd"}}`, []string{
			`spec.ipFamilies[1]: Duplicate value: "IPv4"`,
			`spec.ipFamilyPolicy: Unsupported value: "Odd": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"`,
		}},
		{"addresses", `{"spec":{"ports":[{"port":80}],"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","10.0.0.2"],"externalIPs":["nowhere","127.0.0.1","0.0.0.0"]}}`, []string{
			`spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family`,
			`spec.externalIPs[0]: Invalid value: "nowhere": ` + anyIP,
			`spec.externalIPs[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)`,
			`spec.externalIPs[2]: Invalid value: "0.0.0.0": may not be unspecified (0.0.0.0)`,
		}},
		{"ports", `{"spec":{"ports":[{"port":80,"nodePort":30000},{"name":"A","port":0,"protocol":"x"},{"name":"b","port":80},{"name":"b","port":81,"targetPort":70000}]}}`, []string{
			`spec.ports[0].nodePort: Forbidden: may not be used when ` + "`type`" + ` is 'ClusterIP'`,
			`spec.ports[0].name: Required value`,
			`spec.ports[1].name: Invalid value: "A": ` + dnsLabel,
			`spec.ports[1].port: Invalid value: 0: must be between 1 and 65535, inclusive`,
			`spec.ports[1].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"`,
			`spec.ports[1].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive`,
			`spec.ports[2]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}`,
			`spec.ports[3].name: Duplicate value: "b"`,
			`spec.ports[3].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive`,
		}},
	})
}

func TestServiceAddressesStay(t *testing.T) {
	const was = `{"spec":{"ports":[{"port":80}],"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack"}}`
	testUpdates(t, "services", []change{
		{"same", was, was, nil},
		{"headless now", was, `{"spec":{"ports":[{"port":80}],"clusterIP":"None","clusterIPs":["None"]}}`, []string{`spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set`}},
		{"gone", was, `{"spec":{"ports":[{"port":80}],"ipFamilies":["IPv4"]}}`, []string{`spec.clusterIPs[0]: Invalid value: null: primary clusterIP can not be unset`}},
		{"to a name", was, `{"spec":{"type":"ExternalName","externalName":"a.b"}}`, nil},
		{"second address", was, `{"spec":{"ports":[{"port":80}],"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","fd00::1"],"ipFamilies":["IPv4","IPv6"]}}`, nil},
	})
}

func TestServiceColumns(t *testing.T) {
	r := resource(t, "services")
	for _, c := range []struct{ body, want string }{
		{`{"spec":{"ports":[{"port":80}],"clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1"],"selector":{"b":"2","a":"1"}}}`, "ClusterIP 10.0.0.1 <none> 80/TCP a=1,b=2"},
		{`{"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":30080},{"port":53,"protocol":"UDP"}],"clusterIP":"10.0.0.1"}}`, "NodePort 10.0.0.1 <none> 80:30080/TCP,53/UDP <none>"},
		{`{"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}`, "LoadBalancer <none> <pending> 80/TCP <none>"},
		{`{"spec":{"type":"LoadBalancer","ports":[{"port":80}]},"status":{"loadBalancer":{"ingress":[{"hostname":"h"},{"ip":"1.2.3.4"}]}}}`, "LoadBalancer <none> 1.2.3.4,h 80/TCP <none>"},
		{`{"spec":{"type":"ExternalName","externalName":"db"}}`, "ExternalName <none> db <none> <none>"},
	} {
		cells := r.Cells(stored(t, r, c.body))
		if got := fmt.Sprint(cells[1], " ", cells[2], " ", cells[3], " ", cells[4], " ", cells[6]); got != c.want {
			t.Errorf("%s: got %s, want %s", c.body, got, c.want)
		}
	}
}

func TestServiceWarnings(t *testing.T) {
	r := resource(t, "services")
	warn := func(body string) []string { return r.Warnings(incoming(t, r, body), nil) }
	same(t, warn(`{"spec":{"ports":[{"port":80}],"externalIPs":["10.5.5.5"],"trafficDistribution":"PreferClose"}}`), []string{
		"spec.externalIPs is deprecated and may no longer be implemented in some clusters",
		`spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"`,
	})
	again := `{"spec":{"ports":[{"port":80}],"externalIPs":["10.5.5.5"]}}`
	same(t, r.Warnings(incoming(t, r, again), incoming(t, r, again)), []string{"spec.externalIPs is deprecated and may no longer be implemented in some clusters"})
	same(t, warn(`{"spec":{"type":"ExternalName","externalName":"a.b","externalIPs":["10.5.5.5"]}}`), []string{`spec.externalIPs is ignored when spec.type is "ExternalName"`})
	same(t, warn(`{"spec":{"clusterIP":"None","externalIPs":["10.5.5.5"]}}`), []string{"spec.externalIPs is ignored for headless services"})
}

func TestEndpointsAreRefused(t *testing.T) {
	testCreates(t, "endpoints", []refusal{
		{name: "none", body: `{}`},
		{"subset", `{"subsets":[{},{"addresses":[{"ip":"x","hostname":"A"},{"ip":"127.0.0.1"}],"ports":[{"port":0},{"name":"a","port":1,"protocol":"x"}]}]}`, []string{
			"subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
			`subsets[1].addresses[0].ip: Invalid value: "x": ` + anyIP,
			`subsets[1].addresses[0].ip: Invalid value: "x": must be a valid IP address`,
			`subsets[1].addresses[0].hostname: Invalid value: "A": ` + dnsLabel,
			`subsets[1].addresses[1].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)`,
			`subsets[1].ports[0].name: Required value`,
			`subsets[1].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive`,
			`subsets[1].ports[1].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"`,
		}},
		{name: "the API server's own", body: `{"metadata":{"name":"kubernetes","namespace":"default"},"subsets":[{"addresses":[{"ip":"127.0.0.1"}]}]}`},
	})
}

func TestEndpointsColumn(t *testing.T) {
	r := resource(t, "endpoints")
	for body, want := range map[string]string{
		`{}`: "<none>",
		`{"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"fd00::1"}],"ports":[{"port":80}]}]}`:                        "1.1.1.1:80,[fd00::1]:80",
		`{"subsets":[{"addresses":[{"ip":"1.1.1.1"},{"ip":"1.1.1.2"}],"ports":[{"port":80},{"port":81}]}]}`:            "1.1.1.1:80,1.1.1.2:80,1.1.1.1:81 + 1 more...",
		`{"subsets":[{"addresses":[{"ip":"1.1.1.1"}]},{"notReadyAddresses":[{"ip":"2.2.2.2"}],"ports":[{"port":1}]}]}`: "1.1.1.1",
	} {
		if got := r.Cells(stored(t, r, body))[1]; got != want {
			t.Errorf("%s: got %v, want %s", body, got, want)
		}
	}
}
