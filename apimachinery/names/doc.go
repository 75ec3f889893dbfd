// Package names holds the rules for names and other short strings of the API,
// and makes names from a prefix.
//
// A rule is a func(string) []string. It returns nothing when the string is
// fine, else one text for each thing that is wrong with it, worded as
// Kubernetes words it, so that validation can put it into an answer as it is:
//
//	for _, problem := range names.DNSLabel("My_App") {
//		fmt.Println(problem) // a lowercase RFC 1123 label must consist of ...
//	}
//
// Rules exist for object names ([DNSSubdomain], [DNSLabel], [DNS1035Label],
// [PathSegment]), for keys and values of labels ([QualifiedName],
// [LabelValue]), for keys of data ([ConfigMapKey], [EnvVarName], ...), for
// ports and addresses ([PortName], [Port], [IP], [CIDR]). Package validate
// puts them to fields.
//
// A [Generator] makes a name from metadata.generateName.
//
// Everything here is safe for concurrent use and allocates only to report a
// problem (addresses excepted).
package names
