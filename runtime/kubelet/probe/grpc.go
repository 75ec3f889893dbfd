package probe

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// checkHealth asks a gRPC server by its health protocol.
func checkHealth(ctx context.Context, address string, action *corev1.GRPCAction, timeout time.Duration) (ok bool, output string) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	secrecy := insecure.NewCredentials()
	if action.Mode != nil && *action.Mode == corev1.GRPCProbeModeTLS {
		secrecy = credentials.NewTLS(&tls.Config{InsecureSkipVerify: true}) //nolint:gosec // see the package's comment
	}
	connection, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(secrecy),
		grpc.WithUserAgent("kube-probe/"+version), grpc.WithNoProxy(), grpc.WithDisableServiceConfig(),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return dialer().DialContext(ctx, "tcp", address)
		}))
	if err != nil {
		return false, fmt.Sprintf("error: failed to connect service at %q: %v", address, err)
	}
	defer func() { _ = connection.Close() }()
	connection.Connect()
	for state := connection.GetState(); state != connectivity.Ready; state = connection.GetState() {
		if state == connectivity.Idle {
			connection.Connect()
		}
		if !connection.WaitForStateChange(ctx, state) {
			return false, fmt.Sprintf("timeout: failed to connect service %q within %v: %v", address, timeout, ctx.Err())
		}
	}
	question := &grpc_health_v1.HealthCheckRequest{}
	if action.Service != nil {
		question.Service = *action.Service
	}
	answer, err := grpc_health_v1.NewHealthClient(connection).Check(ctx, question)
	switch s := status.Convert(err); {
	case err == nil:
	case s.Code() == codes.Unimplemented:
		return false, fmt.Sprintf("error: this server does not implement the grpc health protocol (grpc.health.v1.Health): %s", s.Message())
	case s.Code() == codes.DeadlineExceeded:
		return false, fmt.Sprintf("timeout: health rpc did not complete within %v", timeout)
	default:
		return false, fmt.Sprintf("error: health rpc probe failed: %v", err)
	}
	if answer.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		return false, fmt.Sprintf("service unhealthy (responded with %q)", answer.GetStatus().String())
	}
	return true, ""
}
