// Command hello is the web server that `make up` rolls out: it says who answers.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	address := cmp.Or(os.Getenv("LISTEN"), ":8080")
	server := &http.Server{Addr: address, Handler: handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		log.Print("asked to end: finishing what is under way")
		late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(late)
	}()
	log.Printf("hello %s listens on %s", version(), address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
	log.Print("ended")
}

func version() string { return cmp.Or(os.Getenv("VERSION"), "0") }

func handler() http.Handler {
	host, _ := os.Hostname()
	greeting := cmp.Or(os.Getenv("GREETING"), "Hello")
	pod, namespace := cmp.Or(os.Getenv("POD_NAME"), host), cmp.Or(os.Getenv("POD_NAMESPACE"), "unknown")
	var answered atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		n := answered.Add(1)
		log.Printf("%s %s from %s", r.Method, r.URL.Path, r.RemoteAddr)
		fmt.Fprintf(w, "%s\npod:       %s\nnamespace: %s\nversion:   %s\nanswers:   %d\n", greeting, pod, namespace, version(), n)
	})
	return mux
}
