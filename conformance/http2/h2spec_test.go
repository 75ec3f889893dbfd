package http2

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/summerwind/h2spec"
	"github.com/summerwind/h2spec/config"

	"github.com/kubenucleus/nucleus/runtime/http2"
)

// TestProtocol runs the whole suite; it prints what it checks.
func TestProtocol(t *testing.T) {
	// What httptest makes here is a certificate.
	certificate := httptest.NewTLSServer(http.NotFoundHandler())
	tls := certificate.TLS.Clone()
	certificate.Close()
	tls.NextProtos = []string{"h2"}

	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An answer before the end would end the stream before what is wrong with it.
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write([]byte("an answer"))
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h2 := http2.NewServer(http2.Options{})
	server := &http.Server{Handler: handler, TLSConfig: tls}
	h2.Configure(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(h2.Listen(listener, tls)) }()
	defer func() {
		_ = server.Close()
		<-served
		h2.Close()
	}()

	ok, err := h2spec.Run(&config.Config{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Path: "/", TLS: true, Insecure: true,
		Timeout: 5 * time.Second, MaxHeaderLen: 4000, Strict: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		t.Fatal("the suite has found faults: they are printed above")
	}
}
