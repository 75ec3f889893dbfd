package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/match"
	admissionv1 "github.com/kubenucleus/nucleus/apimachinery/api/admission/v1"
	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

const reviewGroup = "admission.k8s.io/"

const defaultTimeout = 10 * time.Second

// answer is what a webhook said that did not refuse.
type answer struct{ patch []byte }

// ask posts a review to a webhook. An error of type refusal is what the webhook
// says; others are of asking it.
func (w *Webhooks) ask(ctx context.Context, r *admission.Request, h *hook, hit *match.Hit) (*answer, error) {
	version := ""
	for _, v := range h.AdmissionReviewVersions {
		if v == "v1" || v == "v1beta1" {
			version = v
			break
		}
	}
	if version == "" {
		return nil, fmt.Errorf("webhook does not accept known AdmissionReview versions (v1, v1beta1), but %s", strings.Join(h.AdmissionReviewVersions, ", "))
	}
	id := meta.UID(uuid.NewString())
	request, err := w.describe(r, hit, id)
	if err != nil {
		return nil, err
	}
	body, err := codec.MarshalJSON(&admissionv1.AdmissionReview{TypeMeta: meta.TypeMeta{APIVersion: reviewGroup + version, Kind: "AdmissionReview"}, Request: request})
	if err != nil {
		return nil, err
	}
	timeout := defaultTimeout
	if h.TimeoutSeconds != nil {
		timeout = time.Duration(*h.TimeoutSeconds) * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	data, err := w.post(ctx, h, body, timeout)
	if err != nil {
		return nil, fmt.Errorf("failed to call webhook: %w", err)
	}
	review, err := read(data, version)
	if err != nil {
		return nil, fmt.Errorf("failed to call webhook: %w", err)
	}
	if err := check(review.Response, h, version, id); err != nil {
		return nil, fmt.Errorf("received invalid webhook response: %w", err)
	}
	said := review.Response
	for _, text := range said.Warnings {
		r.Warning(text)
	}
	for key, value := range said.AuditAnnotations {
		r.Annotation(h.Name+"/"+key, value)
	}
	if !said.Allowed {
		return nil, refuse(h, said.Result)
	}
	return &answer{patch: said.Patch}, nil
}

// read reads a review in the version that was asked for.
func read(data []byte, version string) (*admissionv1.AdmissionReview, error) {
	var kind struct {
		APIVersion string `json:"apiVersion,omitempty"`
		Kind       string `json:"kind,omitempty"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return nil, fmt.Errorf("couldn't get version/kind; json parse error: %w", err)
	}
	known := kind.APIVersion == reviewGroup+"v1" || kind.APIVersion == reviewGroup+"v1beta1"
	switch {
	case !known || kind.Kind != "AdmissionReview":
		return nil, fmt.Errorf("no kind %q is registered for version %q", kind.Kind, kind.APIVersion)
	case kind.APIVersion != reviewGroup+version:
		return nil, fmt.Errorf("converting (%s.AdmissionReview) to (%s.AdmissionReview): unknown conversion", strings.TrimPrefix(kind.APIVersion, reviewGroup), version)
	}
	review := &admissionv1.AdmissionReview{}
	if _, err := codec.UnmarshalJSON(data, review, codec.DecodeOptions{}); err != nil {
		return nil, err
	}
	return review, nil
}

// check says what is wrong with a response.
func check(response *admissionv1.AdmissionResponse, h *hook, version string, id meta.UID) error {
	if response == nil {
		return errors.New("webhook response was absent")
	}
	if version == "v1" && response.UID != id {
		return fmt.Errorf("expected response.uid=%q, got %q", id, response.UID)
	}
	patched := len(response.Patch) > 0
	switch {
	case !h.mutates && patched:
		return errors.New("validating webhook may not return response.patch")
	case !h.mutates && version == "v1" && response.PatchType != nil:
		return errors.New("validating webhook may not return response.patchType")
	case !h.mutates || version != "v1":
		return nil
	case patched && response.PatchType == nil:
		return errors.New("webhook returned response.patch but not response.patchType")
	case !patched && response.PatchType != nil:
		return errors.New("webhook returned response.patchType but not response.patch")
	case patched && *response.PatchType != "JSONPatch":
		return fmt.Errorf("webhook returned invalid response.patchType of %q", *response.PatchType)
	}
	return nil
}

// describe makes the review's request of that of the client.
func (w *Webhooks) describe(r *admission.Request, hit *match.Hit, id meta.UID) (*admissionv1.AdmissionRequest, error) {
	requested := r.Kind
	if requested.Group == r.Resource.Group {
		requested.Version = r.Resource.Version
	}
	resource := r.Resource
	q := &admissionv1.AdmissionRequest{
		UID: id, Kind: hit.Kind, Resource: hit.Resource, SubResource: r.Subresource,
		RequestKind: &requested, RequestResource: &resource, RequestSubResource: r.Subresource,
		Name: r.Name, Namespace: r.Namespace, Operation: admissionv1.Operation(r.Operation), DryRun: &r.DryRun,
	}
	if u := r.User; u != nil {
		q.UserInfo = authenticationv1.UserInfo{Username: u.Name, UID: u.UID, Groups: slices.Clone(u.Groups)}
		for key, values := range u.Extra {
			if q.UserInfo.Extra == nil {
				q.UserInfo.Extra = map[string]authenticationv1.ExtraValue{}
			}
			q.UserInfo.Extra[key] = values
		}
	}
	var err error
	if q.Object.Raw, err = w.raw(r.Object, hit); err == nil {
		q.OldObject.Raw, err = w.raw(r.OldObject, hit)
	}
	if err != nil {
		return nil, err
	}
	if options := match.OptionsTree(r.Options); options != nil {
		q.Options.Raw, err = json.Marshal(options)
	}
	return q, err
}

// raw is an object in JSON, in the version that the webhook is to see.
func (w *Webhooks) raw(obj meta.Object, hit *match.Hit) ([]byte, error) {
	shown, err := w.matcher.Show(obj, hit)
	if err != nil || shown == nil {
		return nil, err
	}
	tree, err := match.Tree(shown, hit.Kind)
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}
