package apiregistrationv1

import "testing"

// Whoever replaces an APIService says which state of it was seen.
func TestUpdatesNeedAVersion(t *testing.T) {
	if !apiservices().UpdateNeedsVersion {
		t.Error("an APIService can be replaced unseen")
	}
}
