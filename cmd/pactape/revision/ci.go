package revision

import "strings"

// A system is a CI system: by what it is known, and where it says what.
type system struct {
	name string
	// marker is set where the system runs; value, if not empty, is what to.
	marker, value string
	// commit and branch are variables; the first that is set counts.
	commit, branch []string
	// buildURL has variables as ${NAME}; all must be set.
	buildURL string
}

// systems is a table, one row a CI system.
func systems() []system {
	return []system{
		{
			// Of a pull request GITHUB_REF_NAME is a merge nobody pushed.
			"GitHub Actions", "GITHUB_ACTIONS", "",
			[]string{"GITHUB_SHA"},
			[]string{"GITHUB_HEAD_REF", "GITHUB_REF_NAME"},
			"${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}",
		},
		{
			"GitLab", "GITLAB_CI", "",
			[]string{"CI_COMMIT_SHA"},
			[]string{"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_BRANCH"},
			"${CI_JOB_URL}",
		},
		{"Buildkite", "BUILDKITE", "", []string{"BUILDKITE_COMMIT"}, []string{"BUILDKITE_BRANCH"}, "${BUILDKITE_BUILD_URL}"},
		{"CircleCI", "CIRCLECI", "", []string{"CIRCLE_SHA1"}, []string{"CIRCLE_BRANCH"}, "${CIRCLE_BUILD_URL}"},
		{
			"Travis CI", "TRAVIS", "",
			[]string{"TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT"},
			[]string{"TRAVIS_PULL_REQUEST_BRANCH", "TRAVIS_BRANCH"},
			"${TRAVIS_BUILD_WEB_URL}",
		},
		{"Jenkins", "JENKINS_URL", "", []string{"GIT_COMMIT"}, []string{"CHANGE_BRANCH", "BRANCH_NAME", "GIT_LOCAL_BRANCH", "GIT_BRANCH"}, "${BUILD_URL}"},
		{"Hudson", "HUDSON_URL", "", []string{"GIT_COMMIT"}, []string{"GIT_LOCAL_BRANCH", "GIT_BRANCH"}, "${BUILD_URL}"},
		{
			"AppVeyor", "APPVEYOR", "",
			[]string{"APPVEYOR_PULL_REQUEST_HEAD_COMMIT", "APPVEYOR_REPO_COMMIT"},
			[]string{"APPVEYOR_PULL_REQUEST_HEAD_REPO_BRANCH", "APPVEYOR_REPO_BRANCH"},
			"${APPVEYOR_URL}/project/${APPVEYOR_ACCOUNT_NAME}/${APPVEYOR_PROJECT_SLUG}/builds/${APPVEYOR_BUILD_ID}",
		},
		{
			"Bitbucket", "BITBUCKET_BUILD_NUMBER", "",
			[]string{"BITBUCKET_COMMIT"},
			[]string{"BITBUCKET_BRANCH"},
			"${BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/${BITBUCKET_BUILD_NUMBER}",
		},
		{
			"Azure DevOps", "TF_BUILD", "",
			[]string{"BUILD_SOURCEVERSION"},
			[]string{"SYSTEM_PULLREQUEST_SOURCEBRANCH", "BUILD_SOURCEBRANCH"},
			"${SYSTEM_TEAMFOUNDATIONSERVERURI}${SYSTEM_TEAMPROJECT}/_build/results?buildId=${BUILD_BUILDID}",
		},
		{"CodeShip", "CI_NAME", "codeship", []string{"CI_COMMIT_ID"}, []string{"CI_BRANCH"}, "${CI_BUILD_URL}"},
	}
}

// fromCI is what a CI system says; nothing where there is none.
func fromCI(getenv func(string) string) Revision {
	for _, s := range systems() {
		if v := getenv(s.marker); v == "" || s.value != "" && v != s.value {
			continue
		}
		return Revision{first(getenv, s.commit), branchName(getenv, first(getenv, s.branch)), expand(getenv, s.buildURL)}
	}
	return Revision{}
}

func first(getenv func(string) string, names []string) string {
	for _, name := range names {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return ""
}

// branchName takes off what systems put before a branch. A tag is none.
func branchName(getenv func(string) string, ref string) string {
	if getenv("GITHUB_REF_TYPE") == "tag" || strings.HasPrefix(ref, "refs/") && !strings.HasPrefix(ref, "refs/heads/") {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "origin/")
}

// expand fills in a template, or gives it up.
func expand(getenv func(string) string, template string) string {
	var b strings.Builder
	for rest := template; ; {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, tail, _ := strings.Cut(after, "}")
		value := getenv(name)
		if value == "" {
			return ""
		}
		b.WriteString(value)
		rest = tail
	}
}
