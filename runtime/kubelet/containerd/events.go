package containerd

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// containerd has an event service of its own, beside the CRI. Of it one method is
// used, and of its messages only that there is one: what happened is read from
// the CRI. So their types are not needed, only a codec for raw bytes.
const subscribe = "/containerd.services.events.v1.Events/Subscribe"

// criNamespace is where containerd keeps what was made through the CRI.
const criNamespace = "k8s.io"

// taskEvents follows the ends of containers, as containerd tells them.
func (r *Runtime) taskEvents(ctx context.Context, begun, event func()) error {
	stream, err := r.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, subscribe, grpc.ForceCodec(rawCodec{}))
	if err != nil {
		return err
	}
	var request []byte
	for _, filter := range []string{
		`namespace==` + criNamespace + `,topic=="/tasks/exit"`,
		`namespace==` + criNamespace + `,topic=="/tasks/oom"`,
	} {
		request = protowire.AppendTag(request, 1, protowire.BytesType)
		request = protowire.AppendString(request, filter)
	}
	if err := stream.SendMsg(request); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	begun()
	for {
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			return err
		}
		event()
	}
}

// unimplemented reports whether the runtime does not have the service asked for.
func unimplemented(err error) bool {
	return status.Code(err) == codes.Unimplemented
}

// rawCodec passes encoded messages through.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error) {
	data, ok := v.([]byte)
	if !ok {
		return nil, errors.New("raw message is not bytes")
	}
	return data, nil
}

func (rawCodec) Unmarshal(data []byte, v any) error {
	target, ok := v.(*[]byte)
	if !ok {
		return errors.New("raw message has no place")
	}
	*target = append((*target)[:0], data...)
	return nil
}

func (rawCodec) Name() string { return "proto" }
