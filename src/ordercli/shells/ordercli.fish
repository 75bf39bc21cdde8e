# Completion of ordercli in fish 3.1 or newer, as printed by: ordercli completion fish
function __ordercli_complete
    set -l words (commandline -xpc 2>/dev/null; or commandline -opc)
    set -l typed (commandline -ct)
    set -l answer (_ORDERCLI_COMPLETE=fish command $words[1] $words[2..-1] "$typed" 2>/dev/null)
    switch "$answer[1]"
        case files
            __ordercli_paths "$typed" __fish_complete_path
        case folders
            __ordercli_paths "$typed" __fish_complete_directories
        case '*'
            test (count $answer) -gt 1; and printf '%s\n' $answer[2..-1]
    end
end
function __ordercli_paths
    set -l parts (string match -r -- '^(--[^=]*=)(.*)$' $argv[1])
    if test (count $parts) -eq 3
        for path in ($argv[2] $parts[3])
            printf '%s%s\n' $parts[2] $path
        end
    else
        $argv[2] $argv[1]
    end
end
complete --command ordercli --no-files --keep-order --arguments '(__ordercli_complete)'
