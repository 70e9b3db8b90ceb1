package e2e_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// defects are what the official back end is known to do wrong, by number, and
// the tests that fail if it happens here: names of functions anywhere in the
// service, or ids of the contract's cases.
var defects = map[int]struct{ what, tests string }{
	1: {"a null title breaks every list", "TestUpdateRefuses V11"},
	2: {"a null name bricks an account", "TestMeAndRename U15"},
	3: {"one damaged row spoils the page it is on", "TestDamagedRowBreaksNoPage TestADamagedRowIsStillAVideo"},
	4: {"a public signing key is accepted, and roles in tokens believed",
		"TestSigningKeysAreJudgedByTheOneRule TestRolesInTheTokenAreIgnored"},
	5: {"secrets are logged at DEBUG", "TestNoSecretIsLoggedAtDebug TestStartLogsTheMaskedSettingsOnce"},
	6: {"no account can become creator or moderator",
		"TestAssignAndRevokeModerators TestACodeMakesAModeratorOfItsEmail TestModeratorAddressIsNotTakenOver M7"},
	7:  {"ratings fail half-written", "TestRatings TestRatingAgainCountsOnce G1"},
	8:  {"totals are those of the page", "TestByUploaderHasRightTotalsOnEveryPage TestCommentsHaveRightTotalsOnEveryPage V18"},
	9:  {"made-up metadata is stored, and no status is kept", "TestSubmit TestSubmitRefusesWhatYouTubeDoesNotKnow V1"},
	10: {"flags fail, forget who and when, and do nothing", "TestFlags TestApprovingAFlagHidesAComment F3 M1 M3 M4"},
	11: {"nothing is restored", "TestApprovingAFlagHidesAVideoAndRestoringBringsItBack M8"},
	12: {"tags are not suggested and people not found", "TestTagsAreSuggested TestFindUsers S6 M6"},
	13: {"words are not searched for, and far pages fail", "TestSearchByWordsMatchesWholeWords TestSearchByMeaning S2"},
	14: {"related, for you, ingest and preview are pretence",
		"TestRelatedVideosAreSimilarAndStable TestForYou TestIngest TestPreviewAsksYouTube"},
	15: {"vectors do not fit their column", "TestSubmit TestVectorsAreMadeByTheModelThatIsNoted P2"},
	16: {"limits disagree, and what a creator writes is dropped", "TestSubmit TestSubmitCutsTextsOfTheHost V6"},
	17: {"activity is public, cut off and without videos", "TestActivity TestTheWholeActivityIsListed A1 A2"},
	18: {"roles are missing, and foreign hashes fail", "TestLogin TestMeAndRename TestUnusableHashesAreRefused"},
	19: {"counts get lost or double, and one e-mail gets two accounts",
		"TestParallelViewsAreAllCounted TestViewsOfSeveralProcessesAreCountedExactly TestOneUserInSeveralProcessesCountsOnce " +
			"TestParallelRegistrationsMakeOneAccount V14 G5"},
	20: {"no limits, no lockout, no end of a session, and suspension does nothing",
		"TestLockout TestManyLoginsAtOnceDoNotPassTheLockout TestRateLimitIsPerClient TestLogOut TestSuspendedAccountsAreRefusedAtOnce"},
	21: {"e-mails and activity are public", "TestPublicProfileHasNoPrivateFields TestActivity"},
	22: {"who has an account can be told by time or case, and WWW-Authenticate is missing",
		"TestVerifyWithoutAHashTakesAsLongAsWithOne TestRegister TestLogin TestEveryCodeIsAProblem"},
	23: {"lists are sorted in memory and take many calls", "TestCallsOfEachRequest TestFirstPagesAreCheap"},
	24: {"details carry the embedding", "TestSubmit"},
	25: {"hashing passwords blocks all requests",
		"TestOthersDoNotWaitForPasswords TestWaitingToHashEndsWithTheContext TestAFullQueueIsRefused"},
	26: {"what is written twice can end half-written",
		"TestAVideoThatCannotBeListedIsNotStored TestAnUpdateThatFailsHalfwayCanBeRepeated TestAFailedRegistrationLeavesNothing " +
			"TestTheRollbackOfARefusedVideoIsRepeated TestUpdatesAreWrittenToTheLists"},
	27: {"errors have three shapes", "TestErrorsHaveOneShape TestEveryCodeIsAProblem TestEveryOperationIsComplete"},
	28: {"no probes, no time limits, and CORS with credentials",
		"TestReadinessOnEmbeddedAstra TestFaultsOfAstra TestSlowClientsAreDisconnected TestTracesReachACollector TestPreflight O2 O3"},
	29: {"forms of an address are not known", "TestSubmitAcceptsAllFormsOfAURL TestParseID"},
	30: {"comments are blank, nameless and for ever", "TestComments TestDeletedCommentsAreInNoList"},
	31: {"tests replace what they test, and are not run",
		"TestEveryDefectHasATest TestEveryCaseOfTheContractIsTested TestTheWorkflowRunsTheTests"},
	32: {"nothing can be deleted, and no security headers", "TestDeletedVideosAreInNoList TestSecurityHeadersAreOnEveryAnswer"},
}

func TestEveryDefectHasATest(t *testing.T) {
	t.Parallel()
	const known = 32
	tests, cases := testNames(t), sources(t, "cases_*_test.go")
	for n := 1; n <= known; n++ {
		d, listed := defects[n]
		if !listed || d.what == "" || d.tests == "" {
			t.Errorf("defect %d has no test", n)
		}
		for _, name := range strings.Fields(d.tests) {
			if !tests[name] && !strings.Contains(cases, `t.Run("`+name+` `) {
				t.Errorf("defect %d, %s: there is no test %s", n, d.what, name)
			}
		}
	}
	if len(defects) != known {
		t.Errorf("%d defects are listed, want %d", len(defects), known)
	}
}

// testNames are the names of all tests of the service.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names, declared := map[string]bool{}, regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, match := range declared.FindAllStringSubmatch(string(text), -1) {
			names[match[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// The tests are worth something only if every change has to pass them.
func TestTheWorkflowRunsTheTests(t *testing.T) {
	t.Parallel()
	workflow, err := os.ReadFile("../../.github/workflows/test.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"pull_request", "run: make test"} {
		if !strings.Contains(string(workflow), want) {
			t.Errorf("the workflow has no %q", want)
		}
	}
}
