package server

import (
	"cmp"
	"encoding/json"
	"runtime"
)

// Version is what /version tells about the server. Clients decide by it what
// they may ask for, so it is that of the Kubernetes API served.
type Version struct {
	Major        string `json:"major"`
	Minor        string `json:"minor"`
	EmulateMajor string `json:"emulationMajor"`
	EmulateMinor string `json:"emulationMinor"`
	CompatMajor  string `json:"minCompatibilityMajor"`
	CompatMinor  string `json:"minCompatibilityMinor"`
	GitVersion   string `json:"gitVersion"`
	GitCommit    string `json:"gitCommit"`
	GitTreeState string `json:"gitTreeState"`
	BuildDate    string `json:"buildDate"`
	GoVersion    string `json:"goVersion"`
	Compiler     string `json:"compiler"`
	Platform     string `json:"platform"`
}

// withDefaults fills in what is empty.
func (v Version) withDefaults() Version {
	v.Major, v.Minor = cmp.Or(v.Major, "1"), cmp.Or(v.Minor, "37")
	v.EmulateMajor, v.EmulateMinor = cmp.Or(v.EmulateMajor, v.Major), cmp.Or(v.EmulateMinor, v.Minor)
	v.CompatMajor, v.CompatMinor = cmp.Or(v.CompatMajor, "1"), cmp.Or(v.CompatMinor, "36")
	v.GitVersion = cmp.Or(v.GitVersion, "v1.37.1")
	v.GitTreeState = cmp.Or(v.GitTreeState, "clean")
	v.BuildDate = cmp.Or(v.BuildDate, "1970-01-01T00:00:00Z")
	v.GoVersion, v.Compiler = cmp.Or(v.GoVersion, runtime.Version()), cmp.Or(v.Compiler, runtime.Compiler)
	v.Platform = cmp.Or(v.Platform, runtime.GOOS+"/"+runtime.GOARCH)
	return v
}

// String returns the version as "v1.37.1".
func (v Version) String() string { return v.withDefaults().GitVersion }

func (v Version) encode() ([]byte, error) { return json.MarshalIndent(v, "", "  ") }

// writeJSON answers with something that is no API object.
func (c *call) writeJSON(code int, v any) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		c.fail(err)
		return
	}
	c.write(code, mediaJSON.name, data)
}
