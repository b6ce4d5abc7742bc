// Package jwtview reads one token: what it is, what it says, whether it holds.
//
// Inspect says what a thing is that somebody pasted: a token of any kind, whole or damaged, what it is for and how that is
// known. Decode tells a JWT from an opaque token and keeps everything that was received: the order of members, members
// that occur twice, the digits of numbers. CheckSignature, VerifyID and VerifyRefreshedID compare a token with what a
// relying party expects and return every comparison, not only the first that fails; Verify does so for a token of any
// kind, Decrypt opens an encrypted one, Lint says what is wrong with it whoever reads it, ExplainHeader and ExplainClaims
// what each member means. Claims are read here, signatures are verified with golang-jwt and the standard library, JWK
// sets are read and JWEs opened with go-jose, one key at a time.
//
// The package is pure: the same arguments give the same answer. It knows no network, no clock (the instant to judge by
// is an argument), no terminal, no colour, and nothing about how a token was obtained. Its input is hostile: size,
// nesting and the number of values are bounded, and nothing panics. What it returns may carry foreign text: whoever
// draws it makes it drawable first.
package jwtview
