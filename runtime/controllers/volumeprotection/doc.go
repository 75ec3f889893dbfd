// Package volumeprotection lets volumes, claims and volume attributes classes
// that were deleted go once nobody uses them. Admission marks each new one with
// a finalizer; the controllers here take it off:
//
//   - from a claim, when no Pod on a node refers to it, be it one that has ended;
//   - from a volume, when no claim is bound to it;
//   - from a class, when neither a volume nor a claim has it or is to get it.
//
// What was made without the finalizer, before admission set it, gets it here.
package volumeprotection
