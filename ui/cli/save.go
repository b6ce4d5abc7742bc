package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"authscope/flow/trace"
	"authscope/ui/report"
)

// checkSave finds out before the run whether its file can be written.
func checkSave(path string) error { return checkOutput("--save", path) }

// checkOutput finds out whether the file of a flag can be written.
func checkOutput(flag, path string) error {
	if path == "" {
		return nil
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return usage("%s %s is a directory: it wants the name of a file", flag, path)
	} else if err == nil && !st.Mode().IsRegular() {
		return usage("%s %s is no file: nothing is written to a device or a pipe", flag, path)
	}
	if st, err := os.Stat(filepath.Dir(path)); err != nil || !st.IsDir() {
		return usage("%s %s: there is no directory %s", flag, path, filepath.Dir(path))
	}
	return nil
}

// saveRun saves a session and says what is in the file.
func saveRun(w *World, r report.Run, path string, withSecrets bool) error {
	events := r.Events()
	if !withSecrets {
		events = report.Redact(events)
	}
	if err := trace.SaveFile(path, events); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if withSecrets {
		w.say("saved to %s WITH SECRETS: whoever reads it can use the tokens (mode 0600)", path)
	} else {
		w.say("saved to %s without its secrets; authscope open %s shows it", path, path)
	}
	return nil
}
