package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"sync"

	"golang.org/x/time/rate"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Remote is a [Client] of a server across the network, over HTTP/2 where the
// server has it. Objects travel as protobuf where their Go type has that form,
// else as JSON. Make one with [New].
type Remote struct {
	config  Config
	base    *url.URL
	http    http.Client
	id      identity
	limiter *rate.Limiter // nil: no limit
	log     *slog.Logger
	scheme  *scheme.Scheme
	warned  once // texts of warnings that were logged

	// jsonOnly has the group versions that refused a protobuf body, as servers
	// do for custom resources.
	jsonOnly sync.Map // meta.GroupVersion -> struct{}
}

var (
	_ Client     = (*Remote)(nil)
	_ Discoverer = (*Remote)(nil)
)

// New returns a client as config says. It checks the config and reads the
// certificates that it names, but sends nothing yet.
func New(config Config) (*Remote, error) {
	base, err := config.baseURL()
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	trip, err := transport(&config)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if config.UserAgent == "" {
		config.UserAgent = "nucleus-client"
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	if config.Scheme == nil {
		config.Scheme = new(scheme.Scheme)
	}
	r := &Remote{
		config: config, base: base, log: config.Logger, scheme: config.Scheme,
		http: http.Client{
			Transport: trip,
			// An API server redirects nobody. To follow would send a token to
			// where the server says.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	r.id.config = &r.config
	if config.QPS > 0 {
		r.limiter = rate.NewLimiter(rate.Limit(config.QPS), max(config.Burst, 1))
	}
	return r, nil
}

// Close closes connections that are not in use.
func (r *Remote) Close() { r.http.CloseIdleConnections() }

// Scheme implements [Client].
func (r *Remote) Scheme() *scheme.Scheme { return r.scheme }

// Get implements [Client].
func (r *Remote) Get(ctx context.Context, at Target, into meta.Object, opts meta.GetOptions) error {
	return r.call(ctx, http.MethodGet, at, getQuery(opts), nil, "", into)
}

// List implements [Client]. Besides lists of objects, into may be a
// *meta.Table or a *meta.PartialObjectMetadataList.
func (r *Remote) List(ctx context.Context, at Target, into meta.ListObject, opts meta.ListOptions) error {
	if at.Name != "" {
		return fmt.Errorf("list %s: a list has no name (%q given); use the field selector metadata.name", at.Resource, at.Name)
	}
	return r.call(ctx, http.MethodGet, at, listQuery(opts), nil, "", into)
}

// Create implements [Client].
func (r *Remote) Create(ctx context.Context, at Target, obj meta.Object, opts meta.CreateOptions) error {
	at = inNamespaceOf(at, obj)
	if at.Subresource == "" {
		at.Name = ""
	}
	return r.write(ctx, http.MethodPost, at, createQuery(opts), obj)
}

// Update implements [Client].
func (r *Remote) Update(ctx context.Context, at Target, obj meta.Object, opts meta.UpdateOptions) error {
	at = inNamespaceOf(at, obj)
	if at.Name == "" {
		at.Name = obj.Metadata().Name
	}
	return r.write(ctx, http.MethodPut, at, updateQuery(opts), obj)
}

func inNamespaceOf(at Target, obj meta.Object) Target {
	if at.Namespace == "" {
		at.Namespace = obj.Metadata().Namespace
	}
	return at
}

// Patch implements [Client].
func (r *Remote) Patch(ctx context.Context, at Target, patch Patch, into meta.Object, opts meta.PatchOptions) error {
	if into == nil {
		// Unlike a nil interface, into any is not nil for a nil Object.
		return r.call(ctx, http.MethodPatch, at, patchQuery(opts), patch.Data, string(patch.Type), nil)
	}
	return r.call(ctx, http.MethodPatch, at, patchQuery(opts), patch.Data, string(patch.Type), into)
}

// Delete implements [Client].
func (r *Remote) Delete(ctx context.Context, at Target, opts meta.DeleteOptions) error {
	if at.Name == "" {
		return fmt.Errorf("delete %s: no name; DeleteCollection deletes many", at.Resource)
	}
	body, err := deleteBody(opts)
	if err != nil {
		return err
	}
	return r.call(ctx, http.MethodDelete, at, nil, body, mediaJSON, nil)
}

// DeleteCollection implements [Client].
func (r *Remote) DeleteCollection(ctx context.Context, at Target, opts meta.DeleteOptions, list meta.ListOptions) error {
	if at.Name != "" {
		return fmt.Errorf("delete collection of %s: a collection has no name (%q given)", at.Resource, at.Name)
	}
	body, err := deleteBody(opts)
	if err != nil {
		return err
	}
	return r.call(ctx, http.MethodDelete, at, listQuery(list), body, mediaJSON, nil)
}

// Raw sends a request to any path of the server, such as "/readyz", and returns
// the answer's body. A body is sent as JSON.
func (r *Remote) Raw(ctx context.Context, method, path string, query url.Values, body []byte) ([]byte, error) {
	u := *r.base
	u.Path += path
	u.RawQuery = query.Encode()
	request := request{method: method, url: u.String(), accept: "application/json, */*", body: body, what: method + " " + path}
	if body != nil {
		request.contentType = mediaJSON
	}
	answer, err := r.exchange(ctx, request)
	if err != nil {
		return nil, err
	}
	return answer.body, nil
}

// RawStream is Raw for a GET whose answer may be larger than memory. The caller
// closes it.
func (r *Remote) RawStream(ctx context.Context, path string, query url.Values) (io.ReadCloser, error) {
	u := *r.base
	u.Path += path
	u.RawQuery = query.Encode()
	response, err := r.send(ctx, request{method: http.MethodGet, url: u.String(), accept: "*/*", what: "GET " + path})
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// write sends obj and reads the answer into it.
func (r *Remote) write(ctx context.Context, method string, at Target, query url.Values, obj meta.Object) error {
	body, contentType, err := r.encode(at, obj)
	if err != nil {
		return err
	}
	err = r.call(ctx, method, at, query, body, contentType, obj)
	if meta.IsUnsupportedMediaType(err) && contentType == mediaProtobuf {
		r.jsonOnly.Store(at.Resource.GroupVersion(), struct{}{})
		if body, contentType, err = r.encode(at, obj); err != nil {
			return err
		}
		return r.call(ctx, method, at, query, body, contentType, obj)
	}
	return err
}

// call sends a request about at and reads the answer into into, if it is not
// nil.
func (r *Remote) call(ctx context.Context, method string, at Target, query url.Values, body []byte, contentType string, into any) error {
	u, err := r.url(method, at, query)
	if err != nil {
		return err
	}
	accept := mediaJSON
	if into != nil {
		accept = r.accept(into)
	}
	answer, err := r.exchange(ctx, request{
		method: method, url: u, accept: accept, body: body, contentType: contentType, what: describe(method, at),
	})
	if err != nil || into == nil {
		return err
	}
	return answer.decode(into)
}

// answer is a successful response.
type answer struct {
	contentType string
	body        []byte
	what        string
}

// exchange sends a request and reads its whole answer.
func (r *Remote) exchange(ctx context.Context, request request) (*answer, error) {
	if r.config.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, r.config.Timeout, errTimeout)
		defer cancel()
	}
	response, err := r.send(ctx, request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := readAll(response)
	if err != nil {
		return nil, fmt.Errorf("%s: read answer: %w", request.what, causeOf(ctx, err))
	}
	return &answer{contentType: response.Header.Get("Content-Type"), body: body, what: request.what}, nil
}

var errTimeout = errors.New("the client's timeout is over")

// causeOf returns why ctx ended if that is what err comes from.
func causeOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// readAll reads a body in one allocation where its length is known.
func readAll(response *http.Response) ([]byte, error) {
	n := response.ContentLength
	if n < 0 || n > 1<<30 {
		return io.ReadAll(response.Body)
	}
	body := make([]byte, n)
	_, err := io.ReadFull(response.Body, body)
	return body, err
}

// newOf returns a new zero value of what v points to.
func newOf(v any) any { return reflect.New(reflect.TypeOf(v).Elem()).Interface() }
