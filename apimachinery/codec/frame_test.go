package codec_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

func frames(t *testing.T, mediaType string, r io.Reader, limit int) (got []string, err error) {
	t.Helper()
	reader, err := codec.NewFrameReader(mediaType, r, limit)
	require.NoError(t, err)
	for {
		frame, err := reader.ReadFrame()
		if err != nil {
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return got, nil
			}
			return got, err
		}
		got = append(got, string(frame))
	}
}

func TestFramesComeBack(t *testing.T) {
	array, err := codec.MarshalCBOR(map[string]any{"a": []any{"text", int64(70000), 1.5, nil}, "b": map[string]any{"c": strings.Repeat("x", 300)}})
	require.NoError(t, err)
	for mediaType, values := range map[string][]string{
		codec.JSON:     {`{"a":"}\"]{"}`, `[1,{"b":[]}]`, `"text \\"`, `12`, `null`, `{}`},
		codec.Protobuf: {"k8s\x00abc", "", strings.Repeat("z", 100_000)},
		codec.CBOR:     {string(array), "\x00", string(array)},
		codec.CBORSeq:  {string(array), "\xbf\x41a\x9f\x01\xff\xff", "\xf6", "\xd9\xd9\xf7\xa0"},
	} {
		var buf bytes.Buffer
		writer, err := codec.NewFrameWriter(mediaType, &buf)
		require.NoError(t, err)
		var appended []byte
		for _, v := range values {
			require.NoError(t, writer.WriteFrame([]byte(v)))
			appended = codec.AppendFrame(appended, mediaType, []byte(v))
		}
		require.Equal(t, buf.String(), string(appended), mediaType)
		for name, r := range map[string]io.Reader{"at once": &buf, "byte by byte": iotest.OneByteReader(bytes.NewReader(appended)), "with errors late": iotest.DataErrReader(bytes.NewReader(appended))} {
			got, err := frames(t, mediaType, r, 0)
			require.NoError(t, err, "%s %s", mediaType, name)
			require.Equal(t, values, got, "%s %s", mediaType, name)
		}
		for cut := 1; cut < len(appended)-1; cut += 1 + len(appended)/50 {
			got, err := frames(t, mediaType, bytes.NewReader(appended[:cut]), 0)
			require.LessOrEqual(t, len(got), len(values))
			if err != nil {
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s cut at %d", mediaType, cut)
			}
		}
	}
}

// A watch must not wait for the next event before it tells of this one.
func TestJSONFramesEndWithTheirLastByte(t *testing.T) {
	in, out := io.Pipe()
	defer in.Close()
	reader, err := codec.NewFrameReader(codec.JSON, in, 0)
	require.NoError(t, err)
	go func() { _, _ = out.Write([]byte(`{"type":"ADDED"}`)) }()
	frame, err := reader.ReadFrame()
	require.NoError(t, err)
	require.Equal(t, `{"type":"ADDED"}`, string(frame))
}

func TestFrameLimits(t *testing.T) {
	for mediaType, text := range map[string]string{
		codec.JSON:     `{"a":"` + strings.Repeat("x", 200) + `"}`,
		codec.Protobuf: "\x00\x00\x01\x00" + strings.Repeat("x", 256),
		codec.CBORSeq:  "\x58\xc8" + strings.Repeat("x", 200),
	} {
		_, err := frames(t, mediaType, strings.NewReader(text), 100)
		require.ErrorIs(t, err, codec.ErrFrameTooLarge, mediaType)
		got, err := frames(t, mediaType, strings.NewReader(text), 300)
		require.NoError(t, err)
		require.Len(t, got, 1)
	}
	for _, text := range []string{"\x7b\xff\xff\xff\xff\xff\xff\xff\xff", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "\xbb\xff\xff\xff\xff\xff\xff\xff\xff", "\xff\xff\xff\xff"} {
		_, err := frames(t, codec.CBORSeq, strings.NewReader(text), 100)
		if text[0] != '\xff' {
			require.ErrorIs(t, err, codec.ErrFrameTooLarge)
		}
	}
	_, err := frames(t, codec.CBORSeq, strings.NewReader(strings.Repeat("\x81", 1000)), 0)
	require.ErrorContains(t, err, "nested level")
	_, err = frames(t, codec.CBORSeq, strings.NewReader("\x1c"), 0)
	require.ErrorContains(t, err, "additional information")
	_, err = frames(t, codec.CBORSeq, strings.NewReader("\x81\xff"), 0)
	require.ErrorContains(t, err, "break")
	_, err = codec.NewFrameReader("text/plain", nil, 0)
	require.ErrorContains(t, err, "no framing is known")
	_, err = codec.NewFrameWriter(codec.YAML, nil)
	require.ErrorContains(t, err, "no framing is known")
}

func TestFrameErrorsPassThrough(t *testing.T) {
	broken := errors.New("line cut")
	for _, mediaType := range []string{codec.JSON, codec.Protobuf, codec.CBORSeq} {
		_, err := frames(t, mediaType, io.MultiReader(strings.NewReader("\x82\x01"), iotest.ErrReader(broken)), 0)
		require.ErrorIs(t, err, broken, mediaType)
	}
	writer, err := codec.NewFrameWriter(codec.JSON, brokenWriter{broken})
	require.NoError(t, err)
	require.ErrorIs(t, writer.WriteFrame([]byte("{}")), broken)
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }
