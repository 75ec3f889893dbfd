package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// Widget is a resource of one's own.
type Widget struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Size            int32 `json:"size" protobuf:"varint,2"`
}

type WidgetList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Widget `json:"items" protobuf:"bytes,2"`
}

// A server of one resource, without Pods or anything else of Kubernetes.
func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	widgets := scheme.Define[Widget, WidgetList](scheme.Spec[Widget]{Name: "widgets"})
	s, err := scheme.New(scheme.Group{Name: "example.com", Versions: []scheme.Version{{Name: "v1", Resources: []*scheme.Resource{widgets}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := embedded.Open(ctx, embedded.Options{}) // in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	reg, err := registry.New(s, store, registry.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	go reg.Run(ctx)

	everybody := authn.Func(func(*http.Request) (*auth.User, bool, error) { return &auth.User{Name: "me"}, true, nil })
	anything := authz.Func(func(context.Context, *authz.Request) (authz.Decision, string, error) { return authz.Allow, "", nil })
	srv, err := server.New(reg, server.Options{Authenticator: everybody, Authorizer: anything})
	if err != nil {
		fmt.Println(err)
		return
	}
	ts := httptest.NewServer(srv.Handler())
	defer ts.Close()

	path := ts.URL + "/apis/example.com/v1/widgets"
	created, err := http.Post(path, "application/json", strings.NewReader(`{"metadata":{"name":"bolt"},"size":8}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	created.Body.Close()
	fmt.Println(created.Status)
	table, _ := http.NewRequest("GET", path+"?includeObject=None", nil)
	table.Header.Set("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
	got, err := http.DefaultClient.Do(table)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer got.Body.Close()
	body, _ := io.ReadAll(got.Body)
	fmt.Println(strings.Contains(string(body), `"cells":["bolt",`))
	// Output:
	// 201 Created
	// true
}
