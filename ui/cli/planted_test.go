package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"authscope/flow/recording/harfile"
	"authscope/ui/cli"
)

// TestPlantedSecrets: a HAR has a value of its own in every place. Whatever is printed of it, none that is a secret is there.
// The values that may be seen say why in the HAR's list.
func TestPlantedSecrets(t *testing.T) {
	whole, plants := harfile.Planted()
	path := file(t, "planted.har", string(whole), 0o600)
	damaged := file(t, "damaged.har", string(whole[:len(whole)*2/3]), 0o600)
	broken := file(t, "broken.har", strings.Replace(string(whole), `"entries":[`, `"entries":[}`, 1), 0o600)
	open := false
	for _, args := range [][]string{{"inspect", path}, {"inspect", path, "--json"}, {"inspect", damaged}, {"inspect", broken}, {"open", path, "--text"}, {"open", path, "--json"},
		{"open", path, "--diagram=text"}, {"open", path, "--diagram=mermaid"}, {"open", path, "--text", "--compare", damaged}, {"open", path, "--json", "--compare", damaged}, {"decode", path}} {
		var out bytes.Buffer
		w := cli.World{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Transport: noNetwork{t}}
		cli.Main(t.Context(), args, w)
		if out.Len() == 0 {
			t.Errorf("%q printed nothing", args)
		}
		for _, p := range plants {
			found := strings.Contains(out.String(), p.Mark())
			open = open || found
			if found && p.Open == "" {
				t.Errorf("%s %q shows: %s", args[0], args[2:], p.Place)
			}
		}
	}
	if !open {
		t.Error("nothing of the file was printed, not even what may be")
	}
}
