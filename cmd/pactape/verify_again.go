package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/pactape/pactape/expectations/jsondoc"
)

// lastFailed reads the report of a run before, and returns the descriptions of
// the interactions that did not hold in it: none, if all did. It is nil if a
// contract could not be judged then, since nobody knows which of its
// interactions would have failed.
func lastFailed(file string) (map[string]bool, error) {
	if file == "" {
		return nil, &usageError{errors.New("--last-failed looks into the report of the run before: give its --json-file")}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--last-failed: %w", err)
	}
	report, err := jsondoc.Parse(data)
	list, ok := report.Get("interactionResults")
	if err != nil || !ok {
		return nil, fmt.Errorf("--last-failed: %s is no report of a verification: a JSON object with interactionResults is wanted", file)
	}
	contracts, _ := report.Get("contracts") // the official verifier has none
	for _, contract := range contracts.Items {
		if _, broken := contract.Get("error"); broken {
			return nil, nil //nolint:nilnil // everything is to be verified again
		}
	}
	failed := map[string]bool{}
	for _, interaction := range list.Items {
		description, _ := interaction.Get("description")
		if result, _ := interaction.Get("result"); result.Text != "OK" {
			failed[description.Text] = true
		}
	}
	return failed, nil
}
