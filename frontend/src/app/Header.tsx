import { useShade, type Shade } from "../style/useShade";
import "./header.css";
import { ADDRESS, type Route } from "../kit/route";

const LINKS: readonly { address: string; label: string; pages: readonly Route["page"][] }[] = [
  { address: ADDRESS.wizard, label: "New world", pages: ["wizard"] },
  { address: ADDRESS.worlds, label: "Worlds", pages: ["worlds", "world"] },
  { address: ADDRESS.jobs, label: "Jobs", pages: ["jobs"] },
];

const SHADES: Record<Shade, string> = { system: "automatic", light: "light", dark: "dark" };

export function Header({ page }: { page: Route["page"] }) {
  const { shade, next } = useShade();
  return (
    <header className="header">
      <a className="header__mark" href={ADDRESS.wizard}>
        LoreSmith
      </a>
      <nav aria-label="Pages">
        {LINKS.map(({ address, label, pages }) => (
          <a key={address} href={address} aria-current={pages.includes(page) ? "page" : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <button
        type="button"
        className="header__shade"
        data-shade={shade}
        onClick={next}
        aria-label={`Colours: ${SHADES[shade]}`}
        title={`Colours: ${SHADES[shade]}`}
      />
    </header>
  );
}
