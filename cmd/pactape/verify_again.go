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
	if err != nil || report.Kind != jsondoc.KindArray {
		return nil, fmt.Errorf("--last-failed: %s is no report of pactape verify: a JSON array is wanted", file)
	}
	failed := map[string]bool{}
	for _, contract := range report.Items {
		if _, broken := contract.Get("error"); broken {
			return nil, nil //nolint:nilnil // everything is to be verified again
		}
		result, _ := contract.Get("result")
		list, _ := result.Get("interactions")
		for _, interaction := range list.Items {
			description, _ := interaction.Get("description")
			if verified, ok := interaction.Get("verified"); ok && !verified.Bool {
				failed[description.Text] = true
			}
		}
	}
	return failed, nil
}
