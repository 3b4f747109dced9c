#!/usr/bin/env bash
# Deploys a stage to AWS, shows it, or removes it. You can run it again at any time.
#
#   infra/deploy.sh synth | diff | deploy | destroy | outputs
#
# STAGE, AWS_REGION and the settings of infra/cdk/settings.py come from the environment, or from .env.<stage>.
set -euo pipefail
cd "$(dirname "$0")/.."

BIN=${INFRA_BIN:-.venv-infra/bin}
CDK_FOLDER=infra/cdk
CDK=${CDK:-$CDK_FOLDER/node_modules/.bin/cdk}
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1
export JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION=1

fail() { echo "$*" >&2; exit 1; }

usage() { sed -n 's/^#   //p' "$0" >&2; exit 2; }

# The stage's file sets what the environment does not.
read_stage_file() {
  local file=".env.${STAGE:-}" name value
  [[ -n "${STAGE:-}" && -f "$file" ]] || return 0
  while IFS='=' read -r name value || [[ -n "$name" ]]; do
    [[ "$name" =~ ^[A-Z][A-Z0-9_]*$ ]] || continue
    [[ -n "${!name:-}" ]] || export "$name=$value"
  done < "$file"
}

module() { "$BIN/python" -m "$@"; }

cdk() {
  [[ -x "$CDK" ]] || npm --prefix "$CDK_FOLDER" ci --silent
  "$CDK" --app "$BIN/python -m infra.cdk" --output ".local/cdk/$STAGE" "$@"
}

# Record the digest of the image's base, if Docker can look it up.
pin_base_image() {
  local tag digest
  tag=$(sed -n 's/^ARG PYTHON_IMAGE=//p' generator_service/Dockerfile)
  [[ -z "${GENERATOR_BASE_IMAGE:-}${GENERATOR_IMAGE:-}" ]] || return 0
  digest=$(docker buildx imagetools inspect "$tag" --format '{{.Manifest.Digest}}' 2>/dev/null) || return 0
  export GENERATOR_BASE_IMAGE="$tag@$digest"
}

# Show the template even if nobody has decided yet who may call.
show_with_examples() {
  [[ -z "${AUTH_MODE:-}${JWT_ISSUER:-}${JWT_AUDIENCE:-}${JWT_JWKS_URL:-}${JWT_PUBLIC_KEY:-}" ]] || return 0
  echo "JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL are not set: the template contains examples." >&2
  export JWT_ISSUER=https://issuer.example JWT_AUDIENCE=loresmith JWT_JWKS_URL=https://issuer.example/jwks.json
}

build_page() {
  npm ci --silent --workspace frontend
  npm run build --silent --workspace frontend
}

deploy() {
  local target before=".local/rollback-${STAGE:-}.json"
  target=$(module infra.release.preflight)
  mkdir -p .local
  pin_base_image
  build_page
  cdk bootstrap "$target"
  module infra.release.rollback save "$before"
  # CloudFormation rolls back a deployment that fails, and this script ends.
  cdk deploy --require-approval never
  if ! try_out; then
    module infra.release.rollback restore "$before" ||
      fail "The deployment does not work and was NOT rolled back: see docs/operations.md, \"Rolling back\"."
    fail "The deployment was rolled back."
  fi
  # Upload the page last, so that a rollback never leaves a newer page.
  module infra.release.page
  module infra.release.outputs
}

# Give the stage the LLM's key and run one job.
try_out() {
  local api
  module infra.release.openai_key || return
  api=$(module infra.release.outputs | sed -n 's/^ApiUrl=//p') || return
  module infra.release.smoke "$api"
}

destroy() {
  [[ -n "${STAGE:-}" ]] || fail "STAGE is not set. Which stage do you want to remove?"
  if [[ "${CONFIRM:-}" != "$STAGE" ]]; then
    [[ -t 0 ]] || fail "This removes stage $STAGE and its data. To confirm, set CONFIRM=$STAGE."
    read -r -p "This removes stage $STAGE and its data. Type its name to continue: " CONFIRM
    [[ "$CONFIRM" == "$STAGE" ]] || fail "Nothing was removed."
  fi
  # Check that the stack may be removed before anything is emptied.
  module infra.release.removal
  module infra.release.page --empty
  # The synthesis needs an answer to who may call; the removal does not use it.
  AUTH_MODE=none ACCEPT_PUBLIC_API_WITHOUT_AUTH=yes cdk destroy --force
}

[[ $# -eq 1 ]] || usage
read_stage_file
[[ -x "$BIN/python" ]] || fail "$BIN does not exist. Run: make venv-infra"
case "$1" in
  synth) STAGE=${STAGE:-dev}; export STAGE; show_with_examples; cdk synth --quiet && echo ".local/cdk/$STAGE" ;;
  diff) STAGE=${STAGE:-dev}; export STAGE; cdk diff ;;
  deploy) deploy ;;
  destroy) destroy ;;
  outputs) module infra.release.outputs ;;
  *) usage ;;
esac
