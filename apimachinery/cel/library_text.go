package cel

import (
	"net/url"
	"regexp"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// regexLibrary has find and findAll.

func regexLibrary() library {
	texts := cel.ListType(cel.StringType)
	return library{name: "kubernetes.regex", costs: []costRule{matching("string_find_string"), matching("string_find_all_string"), matching("string_find_all_string_int")}, options: []cel.EnvOption{
		cel.Function("find", on("string_find_string", takes(cel.StringType, cel.StringType), cel.StringType,
			binary(func(text, pattern string) ref.Val {
				re, err := regexp.Compile(pattern)
				if err != nil {
					return types.NewErr("Illegal regex: %v", err.Error())
				}
				return types.String(re.FindString(text))
			}))),
		cel.Function("findAll",
			on("string_find_all_string", takes(cel.StringType, cel.StringType), texts,
				binary(func(text, pattern string) ref.Val { return findAll(text, pattern, -1) })),
			on("string_find_all_string_int", takes(cel.StringType, cel.StringType, cel.IntType), texts,
				cel.FunctionBinding(func(args ...ref.Val) ref.Val {
					text, ok := args[0].(types.String)
					if !ok {
						return types.MaybeNoSuchOverloadErr(args[0])
					}
					pattern, ok := args[1].(types.String)
					if !ok {
						return types.MaybeNoSuchOverloadErr(args[1])
					}
					n, ok := args[2].(types.Int)
					if !ok {
						return types.MaybeNoSuchOverloadErr(args[2])
					}
					return findAll(string(text), string(pattern), int(n))
				}))),
	}}
}

func findAll(text, pattern string, n int) ref.Val {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return types.NewErr("Illegal regex: %v", err.Error())
	}
	return toText(re.FindAllString(text, n))
}

var urlType = cel.ObjectType("kubernetes.URL")

// urlLibrary has url, isURL and what a URL is made of.

// parseURL takes absolute URLs and absolute paths.
func parseURL(text string) (*url.URL, error) {
	if _, err := url.Parse(text); err != nil {
		return nil, err
	}
	return url.ParseRequestURI(text)
}

func urlLibrary() library {
	part := func(name, id string, f func(*url.URL) string) cel.EnvOption {
		return cel.Function(name, on(id, takes(urlType), cel.StringType, unary(func(u *url.URL) ref.Val { return types.String(f(u)) })))
	}
	return library{name: "kubernetes.urls", costs: append(plain("url_get_scheme", "url_get_host", "url_get_hostname", "url_get_port", "url_get_escaped_path", "url_get_query"),
		scan("string_to_url", 0), scan("is_url_string", 0)), options: []cel.EnvOption{
		cel.Function("url", over("string_to_url", takes(cel.StringType), urlType, unary(func(text string) ref.Val {
			u, err := parseURL(text)
			if err != nil {
				return types.NewErr("URL parse error during conversion from string: %v", err)
			}
			return &opaque[*url.URL]{urlType, u, func(a, b *url.URL) bool { return a.String() == b.String() }}
		}))),
		cel.Function("isURL", over("is_url_string", takes(cel.StringType), cel.BoolType, yes(func(text string) bool {
			_, err := parseURL(text)
			return err == nil
		}))),
		part("getScheme", "url_get_scheme", func(u *url.URL) string { return u.Scheme }),
		part("getHost", "url_get_host", func(u *url.URL) string { return u.Host }),
		part("getHostname", "url_get_hostname", (*url.URL).Hostname),
		part("getPort", "url_get_port", (*url.URL).Port),
		part("getEscapedPath", "url_get_escaped_path", (*url.URL).EscapedPath),
		cel.Function("getQuery", on("url_get_query", takes(urlType), cel.MapType(cel.StringType, cel.ListType(cel.StringType)),
			unary(func(u *url.URL) ref.Val {
				query := u.Query()
				m := make(map[ref.Val]ref.Val, len(query))
				for k, v := range query {
					m[types.String(k)] = toText(v)
				}
				return types.NewRefValMap(types.DefaultTypeAdapter, m)
			}))),
	}}
}
