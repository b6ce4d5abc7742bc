// Package theme holds every colour, style and symbol of the screen: a palette becomes roles, and roles become
// styles that cost nothing to use. It asks no terminal anything: the caller says dark or light, and how many
// colours there are.
//
// Symbols and words carry the meaning first, colour repeats it: [Plain] has none, and loses nothing.
package theme
