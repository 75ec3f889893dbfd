package schema_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/schema"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// The description of a whole API, made from its Go types.
func ExampleNewHandler() {
	s, err := scheme.New(api.Basic()...)
	if err != nil {
		log.Fatal(err)
	}
	answer := httptest.NewRecorder()
	schema.NewHandler(s, schema.Info{Title: "Mine", Version: "v1"}).ServeHTTP(answer, httptest.NewRequest("GET", "/openapi/v3/api/v1", nil))
	fmt.Println(answer.Code, strings.Contains(answer.Body.String(), `"/api/v1/namespaces/{name}"`))
	// Output:
	// 200 true
}
