# SPDX-FileCopyrightText: Letterlock contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for letterlock(1)

_letterlock_ids() {
  letterlock "$1" --json 2>/dev/null | sed -n 's/^{"id":"\([0-9a-f]*\)".*/\1/p'
}

_letterlock_accounts() {
  letterlock account list --json 2>/dev/null | sed -n 's/^{"account":"\([^"]*\)".*/\1/p'
}

_letterlock() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=
  local commands='status check preview account setup log show explain held release drop queue retry
    pause resume rule override key config report providers sender doctor sendmail undo demo'
  local account='--address --upstream --security --auth --username --password-stdin
    --password-command --certificate --ca-file --pin --login --preset --mode --minimum --unknown
    --fallback --honours --declared --domains --internal --imap --rate --sign
    --oauth2 --client-id --client-secret-stdin --tenant --authorization-url --token-url --device-url --scope'
  COMPREPLY=()
  case $before in
    --security) words='tls starttls' ;;
    --auth) words='password client oauth2 certificate none' ;;
    --mode) words='opportunistic forced exclusive encrypt' ;;
    --minimum) words='encrypted verified policy assured' ;;
    --unknown) words='send lock hold' ;;
    --preset) words='everyday careful confidential regulated' ;;
    --oauth2) words='google microsoft own' ;;
    --app-password) words='aol fastmail google icloud yahoo' ;;
    --sign) words='none pgp smime' ;;
    --declared) words='encrypted verified none' ;;
    --honours) words='sts dane sts,dane none' ;;
    --kind) words='list calendar robot' ;;
    --with) words='tls pgp smime escrow open' ;;
    --format) words='table csv json html' ;;
    --state) words='checking held waiting queued sending sent uncertain refused dropped bounced failed' ;;
    --account) words=$(_letterlock_accounts) ;;
    --ca-file | --certificate | --output | -o | --export | --profile)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return ;;
  esac
  if [ -z "$words" ]; then
    if [ "$COMP_CWORD" -eq 1 ]; then
      words="$commands --help --version"
    else
      words='--json --help '
      case ${COMP_WORDS[1]} in
        account)
          if [ "$COMP_CWORD" -eq 2 ]; then words='add find list show edit login test remove'
          else
            case ${COMP_WORDS[2]} in
              add) words+="$account --name --yes --app-password" ;;
              edit) words+="$account --new-password --cert --passphrase-stdin $(_letterlock_accounts)" ;;
              show) words+="--ca $(_letterlock_accounts)" ;;
              login) words+="--device --no-browser $(_letterlock_accounts)" ;;
              test) words+="--onward --to --wait $(_letterlock_accounts)" ;;
              remove) words+="--force $(_letterlock_accounts)" ;;
            esac
          fi ;;
        rule)
          if [ "$COMP_CWORD" -eq 2 ]; then words='add list remove'
          else words+='--to --account --tag --kind --mode --minimum --unknown --fallback --requiretls
            --expires --note --before'
          fi ;;
        config)
          if [ "$COMP_CWORD" -eq 2 ]; then words='get set check'
          else
            words+="--default $(letterlock config get --json 2>/dev/null |
              sed -n 's/^{"key":"\([^" ]*\)".*/\1/p')"
          fi ;;
        log) words+='--follow --state --to --account --since --until --search --limit' ;;
        show) words+="--original --output $(_letterlock_ids log)" ;;
        explain) words+=$(_letterlock_ids log) ;;
        release) words+="--with --anyway --to --reason $(_letterlock_ids held)" ;;
        drop) words+="--to --reason $(_letterlock_ids held) $(_letterlock_ids queue)" ;;
        retry) words+=$(_letterlock_ids queue) ;;
        preview) words+='--account --from --tag --mode' ;;
        key) words+='list find import export accept reject prefer --accept --method --subject' ;;
        override) words+='--reason --days --accept --list --remove' ;;
        setup)
          if [ "$COMP_CWORD" -eq 2 ]; then words='thunderbird evolution msmtp git other'
          elif [ "${COMP_WORDS[2]}" = thunderbird ]; then
            words+='--profile --yes --dry-run --password-stdin --client-id --tenant --device --no-browser'
          elif [ "${COMP_WORDS[2]}" = evolution ]; then
            words+='--sources --yes --dry-run --password-stdin --client-id --tenant --device --no-browser'
          else words+='--account --new-password'
          fi ;;
        report) words+='--since --until --account --format --output' ;;
        sender) words+='--selector' ;;
        doctor) words+='--report' ;;
        sendmail) words='-t -i -f -F -bp -- --help' ;;
        pause) words+='--minutes' ;;
        undo) words+='--send --export' ;;
      esac
    fi
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _letterlock letterlock
