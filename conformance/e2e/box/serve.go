package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// serve is a web server that can be made sick: while /tmp/sick is there, /healthz
// fails, and so does the health service of gRPC, which is on the same port.
func serve(args []string) error {
	address := ":8080"
	if len(args) > 0 {
		address = args[0]
	}
	name, _ := os.Hostname()
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, "%s %s\n", name, os.Getenv("VERSION")) })
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if isSick() {
			http.Error(w, "sick", http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("/said/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("was told", r.URL.Path, r.Header.Get("X-Who"))
	})
	mux.HandleFunc("POST /grpc.health.v1.Health/Check", checkHealth)
	server := &http.Server{Addr: address, Handler: mux, Protocols: &http.Protocols{}}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Println("serving on", address)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	fmt.Println("stopped serving")
	return nil
}

func isSick() bool {
	_, err := os.Stat("/tmp/sick")
	return err == nil
}

// checkHealth is gRPC's: a message is its length behind a byte, and a status comes
// after the answer. It knows of the service "" and of box.
func checkHealth(w http.ResponseWriter, r *http.Request) {
	var head [5]byte
	if _, err := io.ReadFull(r.Body, head[:]); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	message, err := io.ReadAll(io.LimitReader(r.Body, int64(binary.BigEndian.Uint32(head[1:]))))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
	const ok, notFound = "0", "5"
	if service := string(message); service != "" && service != "\x0a\x03box" {
		w.Header().Set("Grpc-Status", notFound)
		w.Header().Set("Grpc-Message", "unknown service")
		return
	}
	health := byte(1) // SERVING
	if isSick() {
		health = 2 // NOT_SERVING
	}
	_, _ = w.Write([]byte{0, 0, 0, 0, 2, 0x08, health}) // who asks sees that it was not
	w.Header().Set("Grpc-Status", ok)
}
