import Characters from "./Characters";
import Failure from "./Failure";
import Guide from "./Guide";

export default function App() {
  return (
    <>
      <Guide />
      <div id="readme">
        <Characters />
      </div>
      <Failure />
    </>
  );
}
