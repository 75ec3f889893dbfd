package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// encode returns obj in an encoding, as the whole body of an answer.
func encode(obj any, as *accepted) ([]byte, error) {
	switch as.form {
	case registry.Protobuf:
		return codec.MarshalEnvelope(obj)
	case registry.CBOR:
		return codec.MarshalCBOR(obj)
	}
	data, err := codec.MarshalJSON(obj)
	if err != nil {
		return nil, err
	}
	return finishJSON(data, as)
}

// finishJSON makes an answer of one JSON value: indented or as YAML where that
// was agreed on, else as it is with a line feed after it. It may append to data.
func finishJSON(data []byte, as *accepted) ([]byte, error) {
	switch {
	case as.yaml:
		return yaml.JSONToYAML(data)
	case as.pretty:
		var indented bytes.Buffer
		indented.Grow(len(data) * 3 / 2)
		if err := json.Indent(&indented, data, "", "  "); err != nil {
			return nil, err
		}
		return indented.Bytes(), nil // and no line feed
	}
	return append(data, '\n'), nil
}

// respond answers with obj.
func (c *call) respond(code int, obj any, as *accepted) error {
	if as.form == registry.JSON && !as.yaml && !as.pretty {
		return c.assemble(code, as, func(dst []byte) ([]byte, error) { return codec.AppendJSON(dst, obj) })
	}
	data, err := encode(obj, as)
	if err != nil {
		return err
	}
	c.write(code, as.name, data)
	return nil
}

// assemble answers with the JSON text that appendBody puts together.
func (c *call) assemble(code int, as *accepted, appendBody func(dst []byte) ([]byte, error)) error {
	buffer := bodyBuffers.Get().(*[]byte)
	data, err := appendBody((*buffer)[:0])
	if err != nil {
		return err
	}
	data = append(data, '\n')
	// After an error the connection may still be reading from the buffer.
	if c.write(code, as.name, data) && cap(data) <= maxBodyBuffer {
		*buffer = data
		bodyBuffers.Put(buffer)
	}
	return nil
}

// bodyBuffers are for answers of the size of an object.
var bodyBuffers = sync.Pool{New: func() any { return new(make([]byte, 0, 8<<10)) }}

const maxBodyBuffer = 64 << 10

// write answers with a body that is ready, compressed if that is worth it, and says
// whether it was sent.
func (c *call) write(code int, contentType string, data []byte) bool {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	c.warnings.into(h)
	if len(data) >= gzipThreshold && acceptsGzip(c.r) {
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
		c.w.WriteHeader(code)
		if c.r.Method == http.MethodHead {
			return true
		}
		zw := borrowGzip(c.w)
		_, err := zw.Write(data)
		err = errors.Join(err, returnGzip(zw))
		c.written(err)
		return err == nil
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	c.w.WriteHeader(code)
	_, err := c.w.Write(data)
	c.written(err)
	return err == nil
}

// written takes note of an answer that could not be sent: the client is gone,
// there is nobody to tell.
func (c *call) written(err error) {
	if err != nil && c.r.Context().Err() == nil {
		c.server.log.LogAttrs(c.r.Context(), slog.LevelDebug, "answer was not sent", slog.String("path", c.r.URL.Path), slog.Any("err", err))
	}
}

// fail answers with the Status of err, in what the client accepts if that can
// carry a Status.
func (c *call) fail(err error) {
	status := c.statusOf(err)
	if d := status.Details; d != nil && d.RetryAfterSeconds > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(int(d.RetryAfterSeconds)))
	}
	as := negotiate(c.r, c.server.media, asItIs)
	if as == nil {
		// Nothing of what is wanted can carry a Status: it is for people then.
		as = &accepted{mediaType: mediaJSON, pretty: true}
	}
	data, encodeErr := encode(status, as)
	if encodeErr != nil {
		as = &accepted{mediaType: mediaJSON}
		data, _ = encode(status, as)
	}
	c.write(int(status.Code), as.name, data)
}

// statusOf turns an error into the Status that is answered, and logs those
// that are faults of the server.
func (c *call) statusOf(err error) *meta.Status {
	if own, ok := errors.AsType[*meta.StatusError](err); ok {
		return &own.Status
	}
	ctx := c.r.Context()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &meta.Timeout("request did not complete within requested timeout - "+context.DeadlineExceeded.Error(), 0).Status
	case errors.Is(err, errShutdown):
		return &meta.ServiceUnavailable("the server is shutting down").Status
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		// Nobody will read it.
		return &meta.Timeout("the client has gone away", 0).Status
	}
	c.server.log.LogAttrs(ctx, slog.LevelError, "request failed", slog.String("method", c.r.Method),
		slog.String("path", c.r.URL.Path), slog.String("audit", c.audit), slog.Any("err", err))
	return meta.AsStatus(err)
}
