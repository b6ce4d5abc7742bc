package diagnose_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// spoke holds the ids of the findings that tests met.
var spoke = map[string]bool{}

// latest is what was read last, and held are recordings whose findings a table compares with all that it wants, by the
// ids of those findings.
var (
	latest recorded
	held   = map[string][]recorded{}
	tables int
)

type recorded struct {
	events []trace.Event
	now    time.Time
	tenant bool // read as a tenant, and not as a login
}

func (r recorded) findings(d diagnose.Reader) []diagnose.Finding {
	if r.tenant {
		return d.Tenant(story.Read(r.events), r.now)
	}
	return d.Read(story.Read(r.events), r.now)
}

// hold notes that a table wants exactly these findings of what was read last.
func hold(fs []diagnose.Finding) {
	tables++
	for _, f := range fs {
		if len(held[f.ID]) < 3 {
			held[f.ID] = append(held[f.ID], latest)
		}
	}
}

// notRules are the entries of the diagnosis catalogue that no rule answers, and why.
var notRules = map[string]string{
	"D64": "two tenants are two stories: the view Compare lays them side by side",
}

// TestMain also holds, when all tests ran, that every rule speaks in some test, that some table breaks without it, and that
// every entry of the catalogue is answered. It prints the figures.
func TestMain(m *testing.M) {
	code := m.Run()
	if whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == ""; whole && code == 0 {
		code = whatTheTestsHold()
	}
	os.Exit(code)
}

func whatTheTestsHold() (code int) {
	removed := 0
	for _, id := range diagnose.IDs() {
		if !spoke[id] {
			fmt.Printf("no test makes the rule %s speak\n", id)
			code = 1
		}
		if breaks(id) {
			removed++
			continue
		}
		fmt.Printf("without the rule %s no table breaks\n", id)
		code = 1
	}
	covered := 0
	for n := 1; n <= 64; n++ {
		number := fmt.Sprintf("D%02d", n)
		_, excused := notRules[number]
		switch found := len(diagnose.ByCatalogue(number)) > 0; {
		case found && excused:
			fmt.Printf("%s is answered by a rule and excused too\n", number)
			code = 1
		case found:
			covered++
		case !excused:
			fmt.Printf("no rule answers %s of the catalogue\n", number)
			code = 1
		}
	}
	if testing.Verbose() || code != 0 {
		fmt.Printf("%d rules, %d of 64 catalogue entries covered, %d faults, %d of them named and %d among the candidates that the wire leaves; %d of them with the same findings from a HAR (not: %d, listed with the reason); %d of %d rules are missed when they are removed, by %d comparisons of whole lists\n",
			len(diagnose.IDs()), covered, counts.faults, counts.named, counts.among, counts.har, counts.harListed, removed, len(diagnose.IDs()), tables)
	}
	return code
}

// breaks reports whether a table would fail if the rule were not there.
func breaks(id string) bool {
	return slices.ContainsFunc(held[id], func(r recorded) bool {
		return !slices.Equal(ids(r.findings(diagnose.Reader{})), ids(r.findings(diagnose.Without(id))))
	})
}
