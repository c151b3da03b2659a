/** The commands of a commander program, leaf by leaf, as Markdown. */
export function commandsMarkdown(program) {
  return leaves(program, []).map(section).join('\n\n');
}

/** Commands that do something, with the names that lead to them. */
function leaves(command, path) {
  const names = [...path, command.name()];
  const children = command.commands.filter((child) => child.name() !== 'help');
  return children.length === 0
    ? [{ command, names }]
    : children.flatMap((child) => leaves(child, names));
}

function section({ command, names }) {
  const help = command.createHelp();
  const args = command.registeredArguments.map((arg) =>
    arg.required ? `<${arg.name()}>` : `[${arg.name()}]`,
  );
  const described = command.registeredArguments.map((arg) => [
    `<${arg.name()}>`,
    help.argumentDescription(arg),
  ]);
  const options = help
    .visibleOptions(command)
    .filter((option) => option.long !== '--help')
    .map((option) => [help.optionTerm(option), help.optionDescription(option)]);
  const rows = [...described, ...options].map(
    ([term, text]) => `| \`${term}\` | ${text.replaceAll('|', '\\|')} |`,
  );
  return [
    `### \`${[...names, ...args].join(' ')}\``,
    '',
    sentence(command.description()),
    ...(rows.length > 0 ? ['', '| | |', '| --- | --- |', ...rows] : []),
  ].join('\n');
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
