package cel_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/cel"
)

func compiled(t *testing.T, expression string) (*cel.Scope, *cel.Expression) {
	t.Helper()
	scope := cel.NewScope(cel.Options{Params: true})
	x, err := scope.Compile(expression, cel.ResultBool)
	require.NoError(t, err, expression)
	return scope, x
}

func TestFunctions(t *testing.T) {
	object := map[string]any{"n": int64(3), "list": []any{int64(3), int64(1), int64(3)}, "text": "a-b-a", "labels": map[string]any{"a": "x"}}
	authorizer := cel.Authorizer(func(a cel.Access) cel.Decision {
		if a.ServiceAccountName == "robot" && a.Group == "apps" && a.Resource == "deployments" && a.Subresource == "scale" && a.Verb == "get" && a.Namespace == "n" && a.Name == "d" {
			return cel.Decision{Allowed: true, Reason: "so be it"}
		}
		if a.Path == "/healthz" {
			return cel.Decision{Err: fmt.Errorf("not now")}
		}
		return cel.Decision{}
	})
	for _, expression := range []string{
		"object.n == 3 && object.n < 3.5 && oldObject == null",
		"!has(object.m) && object.?m.orValue(7) == 7",
		"object.list.sum() == 7 && object.list.max() == 3 && object.list.min() == 1 && !object.list.isSorted()",
		"object.list.indexOf(3) == 0 && object.list.lastIndexOf(3) == 2 && object.list.indexOf(5) == -1",
		"[1, 2, 2].isSorted() && ['a', 'b'].max() == 'b' && [duration('1m'), duration('2m')].sum() == duration('3m')",
		"object.text.find('b-.') == 'b-a' && object.text.findAll('[ab]') == ['a', 'b', 'a'] && object.text.findAll('[ab]', 2).size() == 2",
		"object.text.split('-').join('+') == 'a+b+a' && '%s-%d'.format(['x', 1]) == 'x-1'",
		"url('https://me@host:80/a%20b?q=1&q=2').getHostname() == 'host' && url('https://h:80/').getPort() == '80' && isURL('/abs') && !isURL('rel')",
		"url('https://h/a b?x=1&x=2').getQuery()['x'] == ['1', '2'] && url('https://h/a b').getEscapedPath() == '/a%20b' && url('https://h/').getScheme() == 'https'",
		"ip('10.0.0.1').family() == 4 && ip('::1').isLoopback() && ip.isCanonical('::1') && !ip.isCanonical('0::1') && !isIP('1.2.3') && string(ip('::1')) == '::1'",
		"cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR(cidr('10.1.0.0/16')) && !cidr('10.0.0.0/8').containsCIDR('0.0.0.0/0')",
		"cidr('10.1.0.1/8').masked() == cidr('10.0.0.0/8') && cidr('10.1.0.1/8').prefixLength() == 8 && cidr('10.1.0.1/8').ip() == ip('10.1.0.1')",
		"quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1500m').compareTo(quantity('1.5')) == 0 && sign(quantity('-1')) == -1 && !isQuantity('1Zi')",
		"quantity('1').add(quantity('500m')) == quantity('1500m') && quantity('3').sub(1).asInteger() == 2 && quantity('500m').asApproximateFloat() == 0.5",
		"semver('1.2.3-rc.1').isLessThan(semver('1.2.3')) && semver('v1.02', true).minor() == 2 && !isSemver('v1.0') && semver('1.0.0-2').isLessThan(semver('1.0.0-10'))",
		"format.dns1123Label().validate('Bad').hasValue() && !format.named('uuid').value().validate('123e4567-e89b-12d3-a456-426614174000').hasValue() && !format.named('x').hasValue()",
		"!format.dns1123LabelPrefix().validate('pre-').hasValue()",
		"sets.contains(object.list, [1]) && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && [1, 2].exists(i, v, i == 1 && v == 2)",
		"authorizer.serviceAccount('ns', 'robot').group('apps').resource('deployments').subresource('scale').namespace('n').name('d').check('get').reason() == 'so be it'",
		"!authorizer.group('apps').resource('deployments').check('get').allowed()",
		"authorizer.path('/healthz').check('get').errored() && authorizer.path('/healthz').check('get').error() == 'not now'",
		"authorizer.requestResource.check('get').allowed() == false",
		"object.labels.all(k, object.labels[k] == 'x') && params == null",
	} {
		scope, x := compiled(t, expression)
		b := scope.Bind(map[string]any{
			"object": object, "oldObject": nil, "params": nil, "authorizer": authorizer,
			"authorizer.requestResource": cel.RequestResource{Authorizer: authorizer},
		}, cel.NewBudget(cel.PolicyBudget))
		v, err := x.Eval(t.Context(), b)
		require.NoError(t, err, expression)
		require.True(t, v.True(), expression)
	}
}

func TestVariablesAreComputedOnceAndOnlyIfAsked(t *testing.T) {
	asked := 0
	authorizer := cel.Authorizer(func(cel.Access) cel.Decision { asked++; return cel.Decision{Allowed: true} })
	scope := cel.NewScope(cel.Options{})
	require.NoError(t, scope.Declare("may", "authorizer.path('/x').check('get').allowed()"))
	require.NoError(t, scope.Declare("twice", "variables.may && variables.may"))
	require.NoError(t, scope.Declare("broken", "object.nothing"))
	require.ErrorContains(t, scope.Declare("wrong", "1 +"), "Syntax error")
	x, err := scope.Compile("variables.twice || variables.broken", cel.ResultBool)
	require.NoError(t, err)
	y, err := scope.Compile("variables.broken == 1", cel.ResultBool)
	require.NoError(t, err)
	b := scope.Bind(map[string]any{"object": map[string]any{}, "authorizer": authorizer}, nil)
	require.Zero(t, asked)
	v, err := x.Eval(t.Context(), b)
	require.NoError(t, err)
	require.True(t, v.True())
	require.Equal(t, 1, asked)
	_, err = y.Eval(t.Context(), b)
	require.EqualError(t, err, `composited variable "broken" fails to evaluate: no such key: nothing`)
}

func TestCostIsBounded(t *testing.T) {
	many := make([]any, 2000)
	for i := range many {
		many[i] = int64(i)
	}
	object := map[string]any{"list": many}
	ask := cel.Authorizer(func(cel.Access) cel.Decision { return cel.Decision{} })
	scope, x := compiled(t, "[1, 2, 3].all(i, !authorizer.path('/x').check('get').allowed())")
	_, err := x.Eval(t.Context(), scope.Bind(map[string]any{"authorizer": ask}, nil))
	require.EqualError(t, err, "operation cancelled: actual cost limit exceeded")

	scope, x = compiled(t, "object.list.all(a, a >= 0)")
	budget := cel.NewBudget(20_000)
	for range 2 {
		if _, err = x.Eval(t.Context(), scope.Bind(map[string]any{"object": object}, budget)); err != nil {
			break
		}
	}
	require.ErrorIs(t, err, cel.ErrBudget)
	require.Negative(t, budget.Left())

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	scope, x = compiled(t, "object.list.all(a, object.list.exists(b, a == b))")
	_, err = x.Eval(ended, scope.Bind(map[string]any{"object": object}, nil))
	require.ErrorIs(t, err, context.Canceled)
}

func TestMutations(t *testing.T) {
	scope := cel.NewScope(cel.Options{})
	object := func(expression string) (map[string]any, error) {
		x, err := scope.CompileMutation(expression, cel.ResultObject)
		require.NoError(t, err)
		v, err := x.Eval(t.Context(), scope.Bind(map[string]any{"object": map[string]any{"n": int64(2)}}, nil))
		require.NoError(t, err)
		return v.Object()
	}
	got, err := object("Object{spec: Object.spec{replicas: object.n + 1, items: [Object.spec.items{a: 'b'}], labels: {'x': 'y'}}}")
	require.NoError(t, err)
	require.Equal(t, map[string]any{"spec": map[string]any{"replicas": int64(3), "items": []any{map[string]any{"a": "b"}}, "labels": map[string]any{"x": "y"}}}, got)
	_, err = object("Object{spec: Object.status{}}")
	require.EqualError(t, err, `unexpected type name "Object.status", expected "Object.spec", which matches field name path from root Object type`)

	x, err := scope.CompileMutation("[JSONPatch{op: 'add', path: '/a/' + jsonpatch.escapeKey('b/c~'), value: {'d': 1}}]", cel.ResultPatches)
	require.NoError(t, err)
	v, err := x.Eval(t.Context(), scope.Bind(nil, nil))
	require.NoError(t, err)
	tree, err := v.Tree()
	require.NoError(t, err)
	require.Equal(t, []any{map[string]any{"op": "add", "path": "/a/b~1c~0", "value": map[string]any{"d": int64(1)}}}, tree)
	_, err = scope.Compile("Object{}", cel.ResultBool)
	require.ErrorContains(t, err, "undeclared reference to 'Object'")
}

func TestDeviceSelectors(t *testing.T) {
	for expression, want := range map[string]string{
		"device.driver == 'a' && device.capacity['a'].b.isGreaterThan(quantity('1Gi'))": "",
		"device.attributes['a'].b": "",
		"device.driver":            "must evaluate to bool or the unknown type, not string",
		"device.attributes.all(k, device.attributes.all(l, device.attributes.all(m, device.attributes.all(n, true))))": "too complex, exceeds cost limit",
		"cel.bind(d, device.driver, d == 'x')": "",
	} {
		_, err := cel.CompileDeviceSelector(expression)
		if want == "" {
			require.NoError(t, err, expression)
			continue
		}
		require.EqualError(t, err, want)
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"object.a == 1", "variables.x", "[1].map(i, v, v)", "Object{a: 1}", "'%s'.format([1])", "semver('1.2.3', true).major()", "quantity('1').add(1)", "cidr('::/0')", "url('a').getQuery()", "object.?a[?0]", "authorizer.path('').check('')", "[JSONPatch{}]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if len(expression) > 2000 || strings.Count(expression, "(") > 100 {
			return
		}
		scope := cel.NewScope(cel.Options{Params: true})
		_ = scope.Declare("x", expression)
		if _, err := scope.CompileCondition(expression); err == nil {
			x, _ := scope.CompileCondition(expression)
			_, _ = x.Eval(t.Context(), scope.Bind(map[string]any{"object": map[string]any{"a": []any{int64(1)}}, "oldObject": nil, "params": nil}, cel.NewBudget(100_000)))
		}
		if x, err := scope.CompileMutation(expression, cel.ResultObject); err == nil {
			if v, err := x.Eval(t.Context(), scope.Bind(map[string]any{"object": nil}, cel.NewBudget(100_000))); err == nil {
				_, _ = v.Object()
			}
		}
		_, _ = cel.CompileDeviceSelector(expression)
	})
}

func ExampleScope() {
	scope := cel.NewScope(cel.Options{Params: true})
	if err := scope.Declare("replicas", "object.spec.replicas"); err != nil {
		fmt.Println(err)
		return
	}
	x, err := scope.Compile("variables.replicas <= params.max", cel.ResultBool)
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := x.Eval(context.Background(), scope.Bind(map[string]any{
		"object": map[string]any{"spec": map[string]any{"replicas": int64(5)}},
		"params": map[string]any{"max": int64(3)},
	}, cel.NewBudget(cel.PolicyBudget)))
	fmt.Println(v.True(), err)

	_, err = scope.Compile("variables.replica > 1", cel.ResultBool)
	fmt.Println(err)
	// Output:
	// false <nil>
	// compilation failed: ERROR: <input>:1:10: undefined field 'replica'
	//  | variables.replica > 1
	//  | .........^
}
