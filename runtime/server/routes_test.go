package server

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoutes(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	const (
		noResource = "the server could not find the requested resource"
		noMethod   = "the server does not allow this method on the requested resource"
		page       = "404 page not found\n"
	)
	for do, want := range map[string]struct {
		code int
		text string // of the message, or of the body if it is no Status
	}{
		// Unknown paths and groups are text, what a known group lacks is a Status.
		"GET /nothing":                   {404, page},
		"GET /apis/none":                 {404, page},
		"GET /apis/none/v1":              {404, page},
		"GET /apis/none/v1/x":            {404, page},
		"GET /openapi/v2":                {404, page},
		"GET /api/v2":                    {404, noResource},
		"GET /api/v2/pods":               {404, noResource},
		"GET /api/v1/nothings":           {404, noResource},
		"GET /apis/apps/v9":              {404, noResource},
		"GET /apis/apps/v9/x":            {404, noResource},
		"GET /version/x":                 {404, noResource},
		"GET " + inDefault + "/a/b":      {404, noResource},
		"GET " + inDefault + "/a/status": {404, noResource},
		"GET /apis/apps/v1/namespaces/default/daemonsets/a/scale": {404, noResource},
		// Scopes.
		"GET /api/v1/namespaces/default/nodes":      {404, noResource},
		"GET /api/v1/namespaces/default/namespaces": {404, noResource},
		"GET /api/v1/configmaps/a":                  {404, noResource},
		"GET /api/v1/configmaps":                    {200, ""},
		"GET /api/v1/configmaps/":                   {200, ""},
		"POST /api/v1/configmaps":                   {405, noMethod},
		"DELETE /api/v1/configmaps":                 {405, noMethod},
		// Methods.
		"PUT " + inDefault:                                        {405, noMethod},
		"PATCH " + inDefault:                                      {405, noMethod},
		"POST " + inDefault + "/a":                                {405, noMethod},
		"OPTIONS " + inDefault + "/a":                             {405, noMethod},
		"DELETE /api/v1/namespaces":                               {405, noMethod},
		"POST /api/v1/componentstatuses":                          {405, noMethod},
		"GET /api/v1/namespaces/default/bindings":                 {405, noMethod},
		"GET /apis/authentication.k8s.io/v1/selfsubjectreviews/x": {404, noResource},
		"GET /api/v1/namespaces/default/pods/p/binding":           {405, noMethod},
		"POST /version":                                           {405, noMethod},
		"POST /api/v1":                                            {405, noMethod},
		"POST /apis":                                              {200, ""},
		"POST /apis/apps":                                         {200, ""},
		"POST /api":                                               {405, noMethod},
		"GET /api/v1/namespaces//configmaps":                      {200, ""},
		"DELETE /api/v1/namespaces//configmaps":                   {400, "Namespace parameter required."},
		"GET /api/v1/namespaces//configmaps/a":                    {400, "Namespace parameter required."},
		"GET /api/v1/proxy/namespaces/default/configmaps/a":       {404, noResource},
		// Watches.
		"GET /api/v1/componentstatuses?watch=1":            {405, `watch is not supported on resources of kind "componentstatuses"`},
		"GET /api/v1/watch/namespaces/default/nothings":    {404, noResource},
		"GET /api/v1/watch/componentstatuses":              {404, noResource},
		"POST /api/v1/watch/namespaces/default/configmaps": {405, noMethod},
		"GET " + inDefault + "/a?watch=1":                  {200, ""},
	} {
		t.Run(do, func(t *testing.T) {
			a := f.send(do, "", "Content-Type", "application/json")
			require.Equal(t, want.code, a.code, "%s", a.body)
			switch {
			case want.text == page:
				require.Equal(t, "text/plain", a.media())
				require.Equal(t, page, string(a.body))
			case want.text != "":
				require.Equal(t, "application/json", a.media())
				require.Equal(t, want.text, a.message(t))
			}
			if want.code == 405 && want.text == noMethod && !strings.Contains(do, "pods/p/binding") {
				require.NotEmpty(t, a.header.Get("Allow"))
			}
		})
	}
	require.Equal(t, 405, f.send("HEAD "+inDefault+"/a", "").code)
}

func TestNegotiation(t *testing.T) {
	f := newFixture(t, nil)
	f.configMap("a", "v")
	const (
		notAccepted = "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf"
		available   = "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf"
		table       = ";as=Table;v=v1;g=meta.k8s.io"
	)
	one := "GET " + inDefault + "/a"
	for _, tc := range []struct {
		do, accept string
		code       int
		want       string // media type, or the message of a refusal
	}{
		{one, "", 200, "application/json"},
		{one, "*/*", 200, "application/json"},
		{one, "application/yaml", 200, "application/yaml"},
		{one, "application/vnd.kubernetes.protobuf, application/json", 200, "application/vnd.kubernetes.protobuf"},
		{one, "application/yaml;q=0.5, application/json", 200, "application/json"},
		{one, "text/html, application/json", 200, "application/json"},
		{one, "application/*", 406, available},
		{one, "Application/JSON", 406, available},
		{one, "application/cbor", 406, available},
		{"GET " + inDefault, "text/html", 406, available + ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"},
		{one, "application/json;stream=other", 406, notAccepted},
		{one, "application/json;as=Nonsense;v=v1;g=meta.k8s.io", 406, notAccepted},
		{one, "application/json;as=Table;v=v2;g=meta.k8s.io", 406, notAccepted},
		{one, "application/vnd.kubernetes.protobuf" + table, 406, notAccepted},
		{one, "application/yaml" + table, 200, "application/yaml"},
		{one, "application/json;as=Nonsense;v=v1;g=meta.k8s.io, application/json", 200, "application/json"},
		{"GET " + inDefault + "?watch=1", "application/yaml", 406, "only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"},
		{"GET /apis/apps", "application/json" + table, 406, notAccepted},
		{"POST " + inDefault, "text/html", 415, "415: Unsupported Media Type\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf"},
	} {
		t.Run(tc.do+" "+tc.accept, func(t *testing.T) {
			a := f.send(tc.do, "", "Accept", tc.accept)
			require.Equal(t, tc.code, a.code, "%s", a.body)
			if tc.code == 200 {
				require.Equal(t, tc.want, a.media())
				return
			}
			if a.media() == "application/yaml" { // a Status comes in what is accepted
				require.Contains(t, string(a.body), tc.want[:40])
				return
			}
			require.Equal(t, "application/json", a.media())
			require.Equal(t, tc.want, a.message(t))
		})
	}

	for _, tc := range []struct {
		do, contentType string
		code            int
		want            string
	}{
		{"POST " + inDefault, "text/plain", 415, "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf"},
		{"POST " + inDefault, "application/json; charset=utf-8", 201, ""},
		{"POST " + inDefault, "", 409, ""}, // JSON if nothing else is said; the name is taken by now
		{"PATCH " + inDefault + "/a", "application/json", 415, "415: Unsupported Media Type"},
		{"PATCH " + inDefault + "/a", "", 415, "415: Unsupported Media Type"},
		{"PATCH " + inDefault + "/a", "application/merge-patch+json; charset=utf-8", 200, ""},
	} {
		t.Run(tc.do+" as "+tc.contentType, func(t *testing.T) {
			a := f.send(tc.do, `{"metadata":{"labels":{"x":"y"},"name":"`+map[bool]string{true: "n", false: "a"}[strings.HasPrefix(tc.do, "POST")]+`"}}`, "Content-Type", tc.contentType)
			require.Equal(t, tc.code, a.code, "%s", a.body)
			if tc.want != "" {
				require.Equal(t, tc.want, a.message(t))
			}
		})
	}

	// A Status comes in what the client speaks.
	a := f.send("GET "+inDefault+"/none", "", "Accept", "application/vnd.kubernetes.protobuf")
	require.Equal(t, 404, a.code)
	require.Equal(t, "application/vnd.kubernetes.protobuf", a.media())
	require.True(t, strings.HasPrefix(string(a.body), "k8s\x00"))
}
