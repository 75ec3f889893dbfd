package resourcev1

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func read[T any](t *testing.T, text string) *T {
	t.Helper()
	obj := new(T)
	_, err := codec.UnmarshalJSON([]byte(text), obj, codec.DecodeOptions{})
	require.NoError(t, err)
	return obj
}

func texts(errs validate.Errors) []string {
	var all []string
	for _, e := range errs {
		all = append(all, e.Error())
	}
	return all
}

// What types declare is said after what rules say, in the order of the fields.
func TestClaimFaultsInOrder(t *testing.T) {
	const exactly = `"exactly":{"deviceClassName":"c","allocationMode":"ExactCount","count":1}`
	for name, test := range map[string]struct {
		devices string
		want    []string
	}{
		"nothing wrong": {`{"requests":[{"name":"r",` + exactly + `}]}`, nil},
		"neither form": {`{"requests":[{"name":"r"}]}`,
			[]string{"spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required"}},
		"twice the same name, then its parts": {`{"requests":[{"name":"r",` + exactly + `},{"name":"r","exactly":{"deviceClassName":"c","allocationMode":"Odd"}}]}`,
			[]string{`spec.devices.requests[1]: Duplicate value: {"name":"r","exactly":{"deviceClassName":"c","allocationMode":"Odd"}}`,
				`spec.devices.requests[1].exactly.allocationMode: Unsupported value: "Odd": supported values: "All", "ExactCount"`}},
		"a count with All comes before a mode that there is not": {
			`{"requests":[{"name":"s","exactly":{"deviceClassName":"c","allocationMode":"Some"}},{"name":"r","exactly":{"deviceClassName":"c","allocationMode":"All","count":2}}]}`,
			[]string{`spec.devices.requests[1].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'`,
				`spec.devices.requests[0].exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"`}},
		"tolerations": {`{"requests":[{"name":"r","exactly":{"deviceClassName":"c","allocationMode":"All","tolerations":[{"operator":"Near"},{"operator":"Exists","key":"a","value":"b"}]}}]}`,
			[]string{"spec.devices.requests[0].exactly.tolerations[1].value: Invalid value: \"b\": must be empty for operator `Exists`",
				`spec.devices.requests[0].exactly.tolerations[0].operator: Unsupported value: "Near": supported values: "Equal", "Exists"`}},
		"negative capacity": {`{"requests":[{"name":"r","exactly":{"deviceClassName":"c","allocationMode":"All","capacity":{"requests":{"mem":"-1"}}}}]}`,
			[]string{`spec.devices.requests[0].exactly.capacity.requests[mem]: Invalid value: "-1": must be greater than or equal to 0`}},
		"no settings": {`{"config":[{"requests":["x","x"]}]}`,
			[]string{`spec.devices.config[0].requests[0]: Invalid value: "x": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'`,
				`spec.devices.config[0].requests[1]: Invalid value: "x": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'`,
				`spec.devices.config[0].opaque: Required value`, `spec.devices.config[0].requests[1]: Duplicate value: "x"`}},
		"too many are not looked at": {`{"requests":[` + strings.Repeat(`{"name":"r"},`, 32) + `{"name":"r"}]}`, []string{"spec.devices.requests: Too many: 33: must have at most 32 items"}},
		"a driver's name is long": {`{"config":[{"opaque":{"driver":"` + strings.Repeat("a", 64) + `","parameters":{}}}]}`,
			[]string{"spec.devices.config[0].opaque.driver: Too long: may not be more than 63 characters"}},
		"a driver's name is in any case": {`{"config":[{"opaque":{"driver":"Dra.Example.COM","parameters":{}}}]}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := read[ResourceClaim](t, `{"metadata":{"name":"a","namespace":"b"},"spec":{"devices":`+test.devices+`}}`)
			require.Equal(t, test.want, texts(ValidateResourceClaim(c)))
		})
	}
}

func TestClaimStatus(t *testing.T) {
	const claim, user = `{"metadata":{"name":"a","namespace":"b","resourceVersion":"1"},"spec":{"devices":{"requests":[{"name":"r"}]}},"status":`, `{"resource":"pods","name":"p","uid":"u"}`
	for name, test := range map[string]struct {
		was, status string
		want        []string
	}{
		"used without being allocated": {`{}`, `{"reservedFor":[` + user + `]}`,
			[]string{"status.reservedFor: Forbidden: may not be specified when `allocated` is not set"}},
		"used twice by the same": {`{"allocation":{}}`, `{"allocation":{},"reservedFor":[` + user + `,` + user + `]}`,
			[]string{`status.reservedFor[1]: Duplicate value: {"resource":"pods","name":"p","uid":"u"}`}},
		"exchanged": {`{"allocation":{}}`, `{"allocation":{"devices":{"results":[{"request":"r","driver":"d","pool":"p","device":"x"}]}}}`,
			[]string{`status.allocation: Invalid value: null: field cannot be modified once set`}},
		"given back": {`{"allocation":{}}`, `{}`, nil},
		"a share by another name than a UUID": {`{}`, `{"allocation":{"devices":{"results":[{"request":"r","driver":"d","pool":"p","device":"x","shareID":"1"}]}}}`,
			[]string{`status.allocation.devices.results[0].shareID: Invalid value: "1": must be a lowercase UUID in 8-4-4-4-12 format`}},
		"of no request, from no pool": {`{}`, `{"allocation":{"devices":{"results":[{"request":"z","driver":"d","pool":"p//","device":"x"}]}}}`,
			[]string{"status.allocation.devices.results[0].request: Invalid value: \"z\": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
				`status.allocation.devices.results[0].pool: Invalid value: "p//": segment 1: must not be empty`,
				`status.allocation.devices.results[0].pool: Invalid value: "p//": segment 2: must not be empty`}},
		"said of a device that it does not have": {`{}`, `{"devices":[{"driver":"d","pool":"p","device":"x"}]}`,
			[]string{`status.devices[0]: Invalid value: {"Driver":"d","Pool":"p","Device":"x","ShareID":""}: must be an allocated device in the claim`}},
		"addresses": {`{}`, `{"allocation":{"devices":{"results":[{"request":"r","driver":"d","pool":"p","device":"x"}]}},"devices":[{"driver":"d","pool":"p","device":"x","data":[1],
			"networkData":{"ips":["10.0.0.1","010.1.1.1/8","::ffff:1.2.3.4/100","10.0.0.1/8"]}}]}`,
			[]string{`status.devices[0].data: Invalid value: "<value omitted>": must be a valid JSON object`,
				`status.devices[0].networkData.ips[0]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)`,
				`status.devices[0].networkData.ips[1]: Invalid value: "010.1.1.1/8": must be in canonical form ("10.1.1.1/8")`,
				`status.devices[0].networkData.ips[2]: Invalid value: "::ffff:1.2.3.4/100": must be in canonical form ("1.2.3.4/4")`}},
		"conditions that belong together": {`{}`, `{"allocation":{"devices":{"results":[{"request":"r","driver":"d","pool":"p","device":"x","bindingConditions":["a"],"bindingFailureConditions":["a"]},{"request":"r","driver":"d","pool":"p","device":"y","bindingConditions":["a"]}]}}}`,
			[]string{`status.allocation.devices.results[0].bindingFailureConditions[0]: Invalid value: "a": bindingFailureConditions must not overlap with bindingConditions`,
				`status.allocation.devices.results[1].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions`}},
	} {
		t.Run(name, func(t *testing.T) {
			errs := ValidateResourceClaimStatusUpdate(read[ResourceClaim](t, claim+test.status+"}"), read[ResourceClaim](t, claim+test.was+"}"))
			require.Equal(t, test.want, texts(errs))
		})
	}
}

func TestSliceNodes(t *testing.T) {
	const slice = `{"metadata":{"name":"a"},"spec":{"driver":"d.example.com","pool":{"name":"p","generation":1,"resourceSliceCount":1},`
	const perDevice = "exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec"
	for name, test := range map[string]struct {
		spec string
		want []string
	}{
		"one":  {`"nodeName":"n"}}`, nil},
		"none": {`"devices":[]}}`, []string{"spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"}},
		"all, but not": {`"nodeName":"n","allNodes":false}}`,
			[]string{"spec.allNodes: Invalid value: false: must be either unset or set to true"}},
		"a device that may not choose": {`"nodeName":"n","devices":[{"name":"d","nodeName":"m"}]}}`,
			[]string{"spec.devices[0]: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec"}},
		"a device that must": {`"perDeviceNodeSelection":true,"devices":[{"name":"d"}]}}`, []string{"spec.devices[0]: Required value: " + perDevice}},
		"a device on no node": {`"perDeviceNodeSelection":true,"devices":[{"name":"d","nodeName":""}]}}`,
			[]string{`spec.devices[0].nodeName: Invalid value: "": must not be empty`, "spec.devices[0]: Required value: " + perDevice}},
		"a device may have several terms, a slice not": {`"nodeSelector":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"k","operator":"Exists"}]},{}]},"devices":[]}}`,
			[]string{`spec.nodeSelector.nodeSelectorTerms: Invalid value: [{"MatchExpressions":[{"Key":"k","Operator":"Exists","Values":null}],"MatchFields":null},{"MatchExpressions":null,"MatchFields":null}]: must have exactly one node selector term`}},
		"each device its terms": {`"perDeviceNodeSelection":true,"devices":[{"name":"d","nodeSelector":{"nodeSelectorTerms":[{},{}]}}]}}`, nil},
		"a set of counters with a long name": {`"allNodes":true,"sharedCounters":[{"name":"` + strings.Repeat("a", 64) + `","counters":{"a":{"value":"1"}}}]}}`,
			[]string{`spec.sharedCounters[0].name: Invalid value: "` + strings.Repeat("a", 64) + `": must be no more than 63 bytes`}},
		"counters without a name": {`"allNodes":true,"sharedCounters":[{"counters":{"A":{"value":"1"}}}]}}`, []string{"spec.sharedCounters[0].name: Required value", "spec.sharedCounters[0].counters: Invalid value: \"A\": " + labelRule}},
		"a value of two kinds comes at last": {`"allNodes":true,"devices":[{"name":"d","attributes":{"b":{"int":1,"bool":true}}},{"name":"d"}]}}`,
			[]string{`spec.devices[1]: Duplicate value: "d"`,
				"spec.devices[0].attributes[b]: Invalid value: \"{int, bool}\": must specify exactly one of: `int`, `bool`, `string`, `version`, `ints`, `bools`, `strings`, `versions`"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, texts(ValidateResourceSlice(read[ResourceSlice](t, slice+test.spec))))
		})
	}
}

// What makes a slice what it is cannot change, which is said before what else is wrong.
func TestSliceStays(t *testing.T) {
	was := read[ResourceSlice](t, `{"metadata":{"name":"a","resourceVersion":"1"},"spec":{"driver":"d.example.com","pool":{"name":"p","generation":1,"resourceSliceCount":1},"allNodes":true}}`)
	is := read[ResourceSlice](t, `{"metadata":{"name":"a","resourceVersion":"1"}}`)
	require.Equal(t, []string{"spec.driver: Required value", "spec.pool.name: Required value", "spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero",
		`spec.pool.name: Invalid value: "": field is immutable`, `spec.driver: Invalid value: "": field is immutable`,
		"spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"}, texts(ValidateResourceSliceUpdate(is, was)))
}

const labelRule = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character " +
	"(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

func TestExtendedResourceNames(t *testing.T) {
	for name, want := range map[string][]string{
		"example.com/gpu":        nil,
		"gpu":                    {`spec.extendedResourceName: Invalid value: "gpu": a name must be a domain-prefixed path, such as 'example.com/my-prop'`},
		"a.kubernetes.io/gpu":    {`spec.extendedResourceName: Invalid value: "a.kubernetes.io/gpu": must not have "kubernetes.io/" domain`},
		"requests.example.com/x": {`spec.extendedResourceName: Invalid value: "requests.example.com/x": must not have "requests." prefix`},
	} {
		c := read[DeviceClass](t, `{"metadata":{"name":"a"},"spec":{"extendedResourceName":"`+name+`"}}`)
		require.Equal(t, want, texts(ValidateDeviceClass(c)), name)
	}
}

// What nobody has any more, nobody has anything to say about.
func TestStatusOfDevicesGoesWithThem(t *testing.T) {
	const allocated = `{"metadata":{"name":"a"},"status":{"allocation":{"devices":{"results":[{"request":"r","driver":"d","pool":"p","device":"x"}]}},"devices":[{"driver":"d","pool":"p","device":"x"}]}}`
	old, c := read[ResourceClaim](t, allocated), read[ResourceClaim](t, allocated)
	prepareClaimStatus(c, old)
	require.Len(t, c.Status.Devices, 1)
	c.Status.Allocation = nil
	prepareClaimStatus(c, old)
	require.Empty(t, c.Status.Devices)
}
