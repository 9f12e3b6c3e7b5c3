interface Card {
  href: string;
  title: string;
  about: string;
}

/** Places to go to, each a card that can be pressed anywhere. */
export const Cards = ({ cards }: { cards: readonly Card[] }) => (
  <ul class="cards">
    {cards.map((card) => (
      <li class="card">
        <h3>
          <a href={card.href}>
            {card.title}{" "}
            <span class="card-go" aria-hidden="true">
              →
            </span>
          </a>
        </h3>
        <p>{card.about}</p>
      </li>
    ))}
  </ul>
);
